import { registry } from "@web/core/registry";
import { PropertiesField, propertiesField } from "@web/views/fields/properties/properties_field";
import { getApplicableNames } from "../conditions/conditions";

/** The extra fields of a ticket: only those that apply, and those the team needs are marked. */
export class HelpdeskPropertiesField extends PropertiesField {
    static template = "aftercare_helpdesk_form.HelpdeskPropertiesField";

    get rules() {
        return this.props.record.data.property_rules || [];
    }

    get neededNames() {
        return new Set(
            this.rules.filter((rule) => rule.required === "closing").map((rule) => rule.name)
        );
    }

    /** What is written is always the whole list: hidden values stay. */
    get propertiesList() {
        const properties = super.propertiesList;
        return this.isGrouping ? this.filterApplicable(properties) : properties;
    }

    get groupedPropertiesList() {
        if (this.state.isInEditMode) {
            return super.groupedPropertiesList;
        }
        this.isGrouping = true;
        try {
            return super.groupedPropertiesList;
        } finally {
            this.isGrouping = false;
        }
    }

    filterApplicable(properties) {
        const { type_id, category_id, channel_id } = this.props.record.data;
        const values = Object.fromEntries(properties.map(({ name, value }) => [name, value]));
        const names = getApplicableNames(this.rules, values, {
            type_id: type_id?.id || false,
            category_id: category_id?.id || false,
            channel_id: channel_id?.id || false,
        });
        const known = new Set(this.rules.map((rule) => rule.name));
        const shown = properties.filter(
            // A field that was added a moment ago has no rule yet
            ({ name, type }) => type === "separator" || names.has(name) || !known.has(name)
        );
        // A heading under which nothing is left goes, too
        return shown.filter(
            ({ type }, index) =>
                type !== "separator" || (shown[index + 1] && shown[index + 1].type !== "separator")
        );
    }
}

export const helpdeskPropertiesField = {
    ...propertiesField,
    component: HelpdeskPropertiesField,
    fieldDependencies: [
        { name: "property_rules", type: "json", readonly: true },
        { name: "type_id", type: "many2one" },
        { name: "category_id", type: "many2one" },
        { name: "channel_id", type: "many2one" },
    ],
};

registry.category("fields").add("helpdesk_properties", helpdeskPropertiesField);
