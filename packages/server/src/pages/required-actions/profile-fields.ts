import { errorAttributes, fieldGroup } from '../fields.ts'
import { type Html, html } from '../html.ts'
import type { FieldErrors, PageContext } from '../page-context.ts'
import type { ProfileField } from './required-action-models.ts'

/** The inputs of a user profile in its order, with a heading where a group begins. */
export function profileFields(
  context: PageContext,
  fields: readonly ProfileField[],
  errors: FieldErrors,
): Html {
  const parts = fields.map((field, index) => {
    const starts = field.group !== undefined && field.group.name !== fields[index - 1]?.group?.name
    return html`${starts && groupHeading(context, field.group)}${profileField(context, field, errors)}`
  })
  return html`${parts}`
}

function groupHeading(context: PageContext, group: ProfileField['group']): Html | false {
  if (group === undefined) return false
  const header = context.display(group.displayHeader || group.name)
  const description = context.display(group.displayDescription ?? '')
  return html`<div class="group" id="group-${group.name}"><h2 id="header-${group.name}">${header}</h2>${
    description !== '' && html`<p id="description-${group.name}">${description}</p>`
  }</div>`
}

function profileField(context: PageContext, field: ProfileField, errors: FieldErrors): Html {
  const { name } = field
  const before = annotation(field, 'inputHelperTextBefore')
  const after = annotation(field, 'inputHelperTextAfter')
  const help = (id: string, text: string | undefined) =>
    text !== undefined &&
    html`<div class="hint" id="form-help-text-${id}-${name}">${context.display(text)}</div>`
  const group = fieldGroup(
    context,
    {
      name,
      label: context.display(field.displayName ?? name),
      required: field.required,
      error: errors[name],
    },
    html`${help('before', before)}${control(context, field, errors)}`,
  )
  return html`${group}${help('after', after)}`
}

function control(context: PageContext, field: ProfileField, errors: FieldErrors): Html {
  const inputType = annotation(field, 'inputType') ?? 'text'
  if (inputType === 'textarea') return textArea(field, errors)
  if (inputType === 'select' || inputType === 'multiselect') {
    return select(context, field, errors, inputType === 'multiselect')
  }
  if (inputType === 'select-radiobuttons') return boxes(context, field, 'radio')
  if (inputType === 'multiselect-checkboxes') return boxes(context, field, 'checkbox')
  return inputs(context, field, errors, inputType.replace(/^html5-/, ''))
}

/** What browsers may fill in, by attribute; other attributes are nobody's business. */
const usualAutocomplete: Readonly<Record<string, string>> = { username: 'username', email: 'email' }

function inputs(
  context: PageContext,
  field: ProfileField,
  errors: FieldErrors,
  type: string,
): Html {
  const placeholder = annotation(field, 'inputTypePlaceholder')
  const autocomplete = field.autocomplete ?? usualAutocomplete[field.name]
  const values =
    field.multivalued === true && field.values.length > 0 ? field.values : field.values.slice(0, 1)
  const mended = Object.keys(errors)[0] === field.name
  const input = (value: string, index: number) =>
    html`<input type="${type}" id="${index === 0 ? field.name : `${field.name}-${index}`}" name="${field.name}" value="${value}"${
      autocomplete !== undefined && html` autocomplete="${autocomplete}"`
    }${placeholder !== undefined && html` placeholder="${context.display(placeholder)}"`}${
      field.required && html` aria-required="true"`
    }${mended && index === 0 && html` autofocus`}${field.readOnly && html` disabled`}${field.multivalued === true && html` data-kcMultivalued`}${errorAttributes(field.name, errors[field.name])}>`
  return html`${(values.length === 0 ? [''] : values).map(input)}`
}

function textArea(field: ProfileField, errors: FieldErrors): Html {
  const rows = annotation(field, 'inputTypeRows') ?? '4'
  return html`<textarea id="${field.name}" name="${field.name}" rows="${rows}"${field.readOnly && html` disabled`}${errorAttributes(field.name, errors[field.name])}>${field.values[0] ?? ''}</textarea>`
}

function select(
  context: PageContext,
  field: ProfileField,
  errors: FieldErrors,
  multiple: boolean,
): Html {
  const option = (value: string) =>
    html`<option value="${value}"${field.values.includes(value) && html` selected`}>${optionLabel(context, field, value)}</option>`
  return html`<select id="${field.name}" name="${field.name}"${multiple && html` multiple`}${field.readOnly && html` disabled`}${errorAttributes(field.name, errors[field.name])}>${
    !multiple && html`<option value=""></option>`
  }${(field.options ?? []).map(option)}</select>`
}

function boxes(context: PageContext, field: ProfileField, type: 'radio' | 'checkbox'): Html {
  const box = (value: string) => {
    const id = `${field.name}-${value}`
    return html`<div class="choice"><input type="${type}" id="${id}" name="${field.name}" value="${value}"${field.values.includes(value) && html` checked`}${field.readOnly && html` disabled`}><label for="${id}">${optionLabel(context, field, value)}</label></div>`
  }
  return html`<div id="${field.name}" class="choices" role="group">${(field.options ?? []).map(box)}</div>`
}

/** Keycloak's `inputOptionLabels` and `inputOptionLabelsI18nPrefix`. */
function optionLabel(context: PageContext, field: ProfileField, value: string): string {
  const labels = field.annotations?.['inputOptionLabels'] as Record<string, string> | undefined
  const label = labels?.[value]
  if (label !== undefined) return context.display(label)
  const prefix = annotation(field, 'inputOptionLabelsI18nPrefix')
  return prefix === undefined ? value : context.text(`${prefix}.${value}`)
}

function annotation(field: ProfileField, name: string): string | undefined {
  const value = field.annotations?.[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
