import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What can be done for the customer of the ticket, in one button of the header. */
export class AfterSalesMenu extends Component {
    static template = "aftercare_helpdesk_after_sales.AfterSalesMenu";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    get actions() {
        return this.props.record.data.after_sales_actions || [];
    }

    run(action) {
        const { record } = this.props;
        return this.env.onClickViewButton({
            clickParams: { name: action.name, type: "object" },
            getResParams: () =>
                pick(record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

export const afterSalesMenu = {
    component: AfterSalesMenu,
    fieldDependencies: [{ name: "after_sales_actions", type: "json" }],
};

registry.category("view_widgets").add("helpdesk_after_sales_menu", afterSalesMenu);
