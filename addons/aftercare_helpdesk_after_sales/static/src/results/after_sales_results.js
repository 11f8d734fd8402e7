import { Component } from "@odoo/owl";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What came of a ticket, readable without any right on the documents. */
export class AfterSalesResults extends Component {
    static template = "aftercare_helpdesk_after_sales.AfterSalesResults";
    static components = { CopyButton };
    static props = { rows: Array };

    setup() {
        this.action = useService("action");
        this.copied = _t("Copied");
    }

    open(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }
}

/** In a page of the ticket. */
export class AfterSalesResultsField extends Component {
    static template = "aftercare_helpdesk_after_sales.AfterSalesResultsField";
    static components = { AfterSalesResults };
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }
}

/** In a dialog, behind a smart button. */
export class AfterSalesResultsAction extends Component {
    static template = "aftercare_helpdesk_after_sales.AfterSalesResultsAction";
    static components = { AfterSalesResults };
    static props = { ...standardActionServiceProps };

    get rows() {
        return this.props.action.params.rows;
    }
}

registry.category("fields").add("helpdesk_after_sales_results", {
    component: AfterSalesResultsField,
    supportedTypes: ["json"],
});
registry.category("actions").add("helpdesk_after_sales_results", AfterSalesResultsAction);
