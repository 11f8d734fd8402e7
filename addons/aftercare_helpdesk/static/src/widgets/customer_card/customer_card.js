import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Who the customer is and what else is open, beside the ticket. */
export class CustomerCard extends Component {
    static template = "aftercare_helpdesk.CustomerCard";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ card: null });
        this.loaded = null;
        useRecordObserver((record) => this.load(record.data.partner_id, record.resId));
    }

    async load(partner, ticketId) {
        const partnerId = partner ? partner.id : false;
        const key = `${partnerId},${ticketId}`;
        if (key === this.loaded) {
            return;
        }
        this.loaded = key;
        const card = partnerId
            ? await this.orm.call("helpdesk.ticket", "get_customer_card", [partnerId, ticketId])
            : null;
        // The customer may have been changed again meanwhile.
        if (key === this.loaded) {
            this.state.card = card;
        }
    }

    openRecord(resModel, resId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

export const customerCard = {
    component: CustomerCard,
    fieldDependencies: [{ name: "partner_id", type: "many2one", relation: "res.partner" }],
};

registry.category("view_widgets").add("helpdesk_customer_card", customerCard);
