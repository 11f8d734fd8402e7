import { registry } from "@web/core/registry";
import { selectionField, SelectionField } from "@web/views/fields/selection/selection_field";

/** A selection shown with the dot that everywhere stands for the state of an agent. */
export class WorkStateField extends SelectionField {
    static template = "aftercare_agent.WorkStateField";
}

registry.category("fields").add("aftercare_work_state", {
    ...selectionField,
    component: WorkStateField,
});
