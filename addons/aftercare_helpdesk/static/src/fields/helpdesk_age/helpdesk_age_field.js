import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A moment as people say it: "3 hours ago", the exact time on hovering. */
export class HelpdeskAgeField extends Component {
    static template = "aftercare_helpdesk.HelpdeskAgeField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get age() {
        return this.value ? this.value.toRelative({ style: "short" }) : "";
    }

    get exact() {
        return this.value ? formatDateTime(this.value) : "";
    }
}

export const helpdeskAgeField = {
    component: HelpdeskAgeField,
    displayName: _t("Age"),
    supportedTypes: ["datetime", "date"],
};

registry.category("fields").add("helpdesk_age", helpdeskAgeField);
