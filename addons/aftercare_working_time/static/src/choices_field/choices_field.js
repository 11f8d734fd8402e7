import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField } from "@web/views/fields/selection/selection_field";

/**
 * A text field picked from choices that another (JSON) field of the record holds as
 * `[value, label]` pairs, so that they may depend on what was entered elsewhere.
 */
export class ChoicesField extends SelectionField {
    static props = {
        ...SelectionField.props,
        choicesField: { type: String },
    };

    get options() {
        return this.props.record.data[this.props.choicesField] || [];
    }

    get string() {
        const value = this.value;
        return this.options.find((option) => option[0] === value)?.[1] ?? value ?? "";
    }

    get value() {
        return this.props.record.data[this.props.name] || false;
    }

    onChange(value) {
        this.props.record.update({ [this.props.name]: value || false });
    }
}

export const choicesField = {
    component: ChoicesField,
    displayName: _t("Choices from another field"),
    supportedTypes: ["char"],
    isEmpty: (record, fieldName) => !record.data[fieldName],
    extractProps: ({ options, placeholder }, dynamicInfo) => ({
        choicesField: options.choices_field,
        placeholder,
        required: dynamicInfo.required,
    }),
};

registry.category("fields").add("aftercare_choices", choicesField);
