/** French texts that Keycloak's catalogue lacks; what is missing here is shown in English. Syntax as in `en.ts`. */
export const fr: Readonly<Record<string, string>> = {
  doSave: 'Enregistrer',
  backToClient: '« Retour à {0}',
  languages: 'langues',
  locale: 'Langue',
  loginOtpDevice: 'Appareil',
  loginOtpUnnamedDevice: 'Appareil sans nom',
  loginTotpOneTime: 'Code à usage unique',
  barcodeAlternativeText: 'Code QR de la clé',
  'reset-password-display-name': 'Réinitialiser le mot de passe',
  'recovery-authn-code-form-display-name': 'Code de récupération',
  'recovery-authn-code-form-help-text': 'Saisissez un code de récupération de votre liste.',
  basicScopeConsentText: 'Informations de base',
  differentUserAuthenticating:
    'Une autre personne est en train de se connecter dans un autre onglet de ce navigateur.',
  notAllowedToLoginMessage: "Vous n''êtes pas autorisé à vous connecter.",
  authenticatorNotSupportedMessage:
    'Cette connexion demande une étape que ce serveur ne connaît pas encore.',
  cibaHeader: "Demandes d''applications",
  cibaNothing: "Aucune application n''attend votre réponse.",
  cibaAgreed: 'Vous avez accepté. Vous pouvez fermer cette page et revenir en arrière.',
  cibaRefused: "Rien n''a été accordé. Vous pouvez fermer cette page.",
  cibaExpired: "Personne n''attend plus cette réponse.",
  cibaBindingMessage: "L''application vous montre ce message :",
  'email-code-form-display-name': 'Code par e-mail',
  'email-code-form-help-text': 'Connectez-vous avec un code envoyé à votre adresse e-mail.',
  'magic-link-form-display-name': 'Lien par e-mail',
  'magic-link-form-help-text': 'Connectez-vous avec un lien envoyé à votre adresse e-mail.',
  'sms-code-form-display-name': 'Code par SMS',
  'sms-code-form-help-text': 'Connectez-vous avec un code envoyé à votre téléphone.',
  sentCodeLabel: 'Code',
  sentCodeResend: 'En envoyer un autre',
  emailCodeInstruction: 'Un code a été envoyé à {0}. Saisissez-le ici.',
  magicLinkInstruction:
    'Un lien a été envoyé à {0}. Ouvrez-le dans ce navigateur ; ouvert ailleurs, il affiche un code à saisir ici.',
  smsCodeInstruction: 'Un code a été envoyé à votre téléphone ({0}). Saisissez-le ici.',
  invalidSentCodeMessage: 'Code incorrect.',
  expiredSentCodeMessage: "Ce code n''est plus valable. Demandez-en un autre.",
  tooManyCodesMessage: 'Trop de codes ont été envoyés. Réessayez plus tard.',
  magicLinkCodeTitle: "Continuez dans l''autre navigateur",
  magicLinkCode:
    "Saisissez ce code dans le navigateur où vous vous connectez : {0}. Si vous n''êtes pas en train de vous connecter, fermez cette page et ne communiquez ce code à personne.",
  emailCodeSubject: 'Votre code pour {0}',
  emailCodeBody:
    "Votre code de connexion à {1} est\n\n{0}\n\nIl est valable {2}. Si vous n''êtes pas en train de vous connecter, ignorez ce message et ne communiquez ce code à personne.",
  emailCodeBodyHtml:
    "<p>Votre code de connexion à {1} est</p><p><b>{0}</b></p><p>Il est valable {2}. Si vous n''êtes pas en train de vous connecter, ignorez ce message et ne communiquez ce code à personne.</p>",
  magicLinkSubject: 'Connexion à {0}',
  magicLinkBody:
    "Ouvrez ce lien pour vous connecter à {1}\n\n{0}\n\nLe lien est valable {2}. Si vous n''êtes pas en train de vous connecter, ignorez ce message.",
  magicLinkBodyHtml:
    '<p><a href="{0}">Se connecter à {1}</a></p><p>Le lien est valable {2}. Si vous n\'\'êtes pas en train de vous connecter, ignorez ce message.</p>',
  smsCodeText: '{0} est votre code. Il est valable {1}. Ne le communiquez à personne.',
  workflowNoticeGreeting: 'Bonjour {0},',
  workflowNoticeTimeLeft: 'Jours restants : {0}',
  workflowNoticeContact: 'Pour toute question, adressez-vous aux administrateurs de {0}.',
}
