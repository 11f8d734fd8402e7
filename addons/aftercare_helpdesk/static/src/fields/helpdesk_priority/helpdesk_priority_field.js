import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { PriorityField, priorityField } from "@web/views/fields/priority/priority_field";

/** Stars with the word they mean. */
export class HelpdeskPriorityField extends PriorityField {
    static template = "aftercare_helpdesk.HelpdeskPriorityField";

    get word() {
        return this.options[this.index]?.[1] || "";
    }

    get tone() {
        return ["text-muted", "text-body", "text-warning", "text-danger"][this.index] || "";
    }
}

export const helpdeskPriorityField = {
    ...priorityField,
    component: HelpdeskPriorityField,
    displayName: _t("Priority in Words"),
};

registry.category("fields").add("helpdesk_priority", helpdeskPriorityField);
