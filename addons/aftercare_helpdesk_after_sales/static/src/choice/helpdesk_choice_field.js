import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SEARCH_FROM = 6;
let nextId = 0;

/**
 * Choose a record the user has no right to search: the server has put what may be chosen into
 * another field of the form, as a list of {id, title, subtitle, value}.
 */
export class HelpdeskChoiceField extends Component {
    static template = "aftercare_helpdesk_after_sales.HelpdeskChoiceField";
    static props = {
        ...standardFieldProps,
        choices: String,
        isSelect: { type: Boolean, optional: true },
        empty: { type: String, optional: true },
    };

    setup() {
        this.id = `helpdesk_choice_${nextId++}`;
        this.state = useState({ search: "" });
        this.searchLabel = _t("Search");
    }

    get choices() {
        return this.props.record.data[this.props.choices] || [];
    }

    get isSearchable() {
        return this.choices.length >= SEARCH_FROM;
    }

    get visibleChoices() {
        const words = this.state.search.toLowerCase().split(" ").filter(Boolean);
        return this.choices.filter((choice) => {
            const text = `${choice.title} ${choice.subtitle || ""}`.toLowerCase();
            return choice.id === this.value || words.every((word) => text.includes(word));
        });
    }

    get value() {
        const value = this.props.record.data[this.props.name];
        return value ? value.id : false;
    }

    get label() {
        const value = this.props.record.data[this.props.name];
        return value ? value.display_name : "";
    }

    choose(id) {
        const choice = this.choices.find((choice) => choice.id === Number(id));
        this.props.record.update({
            [this.props.name]: choice ? { id: choice.id, display_name: choice.title } : false,
        });
    }
}

export const helpdeskChoiceField = {
    component: HelpdeskChoiceField,
    supportedTypes: ["many2one"],
    isEmpty: (record, fieldName) => !record.data[fieldName],
    extractProps: ({ options, placeholder }) => ({
        choices: options.choices,
        isSelect: Boolean(options.select),
        empty: placeholder,
    }),
};

registry.category("fields").add("helpdesk_choice", helpdeskChoiceField);
