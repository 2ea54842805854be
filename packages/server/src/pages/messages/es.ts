/** Spanish texts that Keycloak's catalogue lacks; what is missing here is shown in English. Syntax as in `en.ts`. */
export const es: Readonly<Record<string, string>> = {
  doSave: 'Guardar',
  backToClient: '« Volver a {0}',
  languages: 'idiomas',
  locale: 'Idioma',
  loginOtpDevice: 'Dispositivo',
  loginOtpUnnamedDevice: 'Dispositivo sin nombre',
  loginTotpOneTime: 'Código de un solo uso',
  barcodeAlternativeText: 'Código QR de la clave',
  'reset-password-display-name': 'Restablecer la contraseña',
  'recovery-authn-code-form-display-name': 'Código de recuperación',
  'recovery-authn-code-form-help-text': 'Introduzca un código de recuperación de su lista.',
  basicScopeConsentText: 'Datos básicos',
  differentUserAuthenticating:
    'Otra persona está iniciando sesión en otra pestaña de este navegador.',
  notAllowedToLoginMessage: 'No tiene permiso para iniciar sesión.',
  authenticatorNotSupportedMessage:
    'Este inicio de sesión requiere un paso que este servidor aún no admite.',
  cibaHeader: 'Solicitudes de aplicaciones',
  cibaNothing: 'Ninguna aplicación espera su respuesta.',
  cibaAgreed: 'Ha aceptado. Puede cerrar esta página y volver a donde estaba.',
  cibaRefused: 'No se ha concedido nada. Puede cerrar esta página.',
  cibaExpired: 'Ya nadie espera esta respuesta.',
  cibaBindingMessage: 'La aplicación le muestra este mensaje:',
  'email-code-form-display-name': 'Código por correo electrónico',
  'email-code-form-help-text':
    'Inicie sesión con un código que se envía a su dirección de correo electrónico.',
  'magic-link-form-display-name': 'Enlace por correo electrónico',
  'magic-link-form-help-text':
    'Inicie sesión con un enlace que se envía a su dirección de correo electrónico.',
  'sms-code-form-display-name': 'Código por SMS',
  'sms-code-form-help-text': 'Inicie sesión con un código que se envía a su teléfono.',
  sentCodeLabel: 'Código',
  sentCodeResend: 'Enviar otro',
  emailCodeInstruction: 'Se ha enviado un código a {0}. Introdúzcalo aquí.',
  magicLinkInstruction:
    'Se ha enviado un enlace a {0}. Ábralo en este navegador; si lo abre en otro, mostrará un código para introducir aquí.',
  smsCodeInstruction: 'Se ha enviado un código a su teléfono ({0}). Introdúzcalo aquí.',
  invalidSentCodeMessage: 'Código no válido.',
  expiredSentCodeMessage: 'Este código ya no es válido. Solicite otro.',
  tooManyCodesMessage: 'Se han enviado demasiados códigos. Inténtelo más tarde.',
  magicLinkCodeTitle: 'Continúe en el otro navegador',
  magicLinkCode:
    'Introduzca este código en el navegador en el que está iniciando sesión: {0}. Si no está iniciando sesión, cierre esta página y no comparta el código con nadie.',
  emailCodeSubject: 'Su código para {0}',
  emailCodeBody:
    'Su código para iniciar sesión en {1} es\n\n{0}\n\nEs válido durante {2}. Si no está iniciando sesión, ignore este mensaje y no comparta el código con nadie.',
  emailCodeBodyHtml:
    '<p>Su código para iniciar sesión en {1} es</p><p><b>{0}</b></p><p>Es válido durante {2}. Si no está iniciando sesión, ignore este mensaje y no comparta el código con nadie.</p>',
  magicLinkSubject: 'Iniciar sesión en {0}',
  magicLinkBody:
    'Abra este enlace para iniciar sesión en {1}\n\n{0}\n\nEl enlace es válido durante {2}. Si no está iniciando sesión, ignore este mensaje.',
  magicLinkBodyHtml:
    '<p><a href="{0}">Iniciar sesión en {1}</a></p><p>El enlace es válido durante {2}. Si no está iniciando sesión, ignore este mensaje.</p>',
  smsCodeText: '{0} es su código. Es válido durante {1}. No lo comparta con nadie.',
  workflowNoticeGreeting: 'Hola, {0}:',
  workflowNoticeTimeLeft: 'Días restantes: {0}',
  workflowNoticeContact: 'Si tiene preguntas, diríjase a los administradores de {0}.',
}
