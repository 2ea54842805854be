import { type Html, type HtmlValue, html } from './html.ts'
import type { FlowPageModel, PageContext, PageText } from './page-context.ts'

/** How an input is shown. */
export interface InputField {
  readonly name: string
  readonly label: string
  readonly value?: string | undefined
  readonly type?: string | undefined
  readonly autocomplete?: string | undefined
  readonly inputMode?: string | undefined
  readonly autofocus?: boolean | undefined
  readonly required?: boolean | undefined
  readonly readOnly?: boolean | undefined
  readonly error?: PageText | undefined
  /** Between input and error, e.g. the link to reset a password. */
  readonly below?: Html | undefined
}

/** A labelled text input with the place where its error is announced. */
export function inputField(context: PageContext, field: InputField): Html {
  return fieldGroup(context, field, inputElement(field))
}

/** A password input; the button that shows the password appears only where scripts run. */
export function passwordField(context: PageContext, field: InputField): Html {
  const { name } = field
  const show = context.text('showPassword')
  const hide = context.text('hidePassword')
  const button = html`<button type="button" id="${name}-show-password" class="icon-button" aria-label="${show}" aria-controls="${name}" data-password-toggle data-label-show="${show}" data-label-hide="${hide}" hidden>
<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7-10-7-10-7Z"/><circle cx="12" cy="12" r="3"/><path class="slash" d="M4 20 20 4"/></svg>
</button>`
  return fieldGroup(context, field, html`${inputElement({ ...field, type: 'password' })}${button}`)
}

/** Label, control and error of one field; `control` must contain an element with the field's name as id. */
export function fieldGroup(
  context: PageContext,
  field: Pick<InputField, 'name' | 'label' | 'required' | 'error' | 'below'>,
  control: HtmlValue,
): Html {
  return html`<div class="field">
<label for="${field.name}">${field.label}${field.required && requiredMark}</label>
<div class="control">${control}</div>
${field.below}
<div id="input-error-container-${field.name}"><div aria-live="polite">${fieldError(context, field)}</div></div>
</div>`
}

const requiredMark = html` <span class="required" aria-hidden="true">*</span>`

/** @returns the attributes that tie an input to its error */
export function errorAttributes(name: string, error: PageText | undefined): Html {
  return error === undefined
    ? html` aria-invalid=""`
    : html` aria-invalid="true" aria-describedby="input-error-${name}"`
}

function inputElement(field: InputField): Html {
  return html`<input id="${field.name}" name="${field.name}" value="${field.value ?? ''}" type="${field.type ?? 'text'}"${
    field.autocomplete && html` autocomplete="${field.autocomplete}"`
  }${field.inputMode && html` inputmode="${field.inputMode}"`}${
    field.type !== 'password' &&
    nameLike.has(field.name) &&
    html` autocapitalize="none" spellcheck="false"`
  }${field.autofocus && html` autofocus`}${field.required && html` aria-required="true"`}${
    field.readOnly && html` readonly`
  }${errorAttributes(field.name, field.error)} dir="ltr">`
}

const nameLike = new Set(['username', 'email', 'otp', 'totp'])

function fieldError(
  context: PageContext,
  { name, error }: Pick<InputField, 'name' | 'error'>,
): HtmlValue {
  if (error === undefined) return null
  return html`<div id="input-error-${name}" class="field-error pf-m-error">${context.text(error.key, ...(error.params ?? []))}</div>`
}

/** A box with its label. */
export function checkbox(name: string, label: string, checked: boolean): Html {
  return html`<div class="checkbox">
<input type="checkbox" id="${name}" name="${name}"${checked && html` checked`}>
<label for="${name}">${label}</label>
</div>`
}

/** The button that sends a form; `name` is posted with it. */
export function submitButton(
  label: string,
  options: {
    id?: string
    name?: string
    value?: string
    secondary?: boolean
    noValidate?: boolean
  } = {},
): Html {
  return html`<button type="submit" class="button${options.secondary && ' secondary'}"${
    options.name !== undefined && html` name="${options.name}"`
  }${options.id !== undefined && html` id="${options.id}"`}${
    options.value !== undefined && html` value="${options.value}"`
  }${options.noValidate && html` formnovalidate`}>${label}</button>`
}

/** The form that asks for another way to sign in; nothing when there is none. */
export function tryAnotherWay({ text }: PageContext, model: FlowPageModel): Html | false {
  if (model.tryAnotherWay !== true) return false
  return html`<form id="kc-select-try-another-way-form" action="${model.action}" method="post">
<input type="hidden" name="tryAnotherWay" value="on">
<button type="submit" id="try-another-way" class="link">${text('doTryAnotherWay')}</button>
</form>`
}
