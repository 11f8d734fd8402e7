import { onMounted, onWillUnmount, useExternalListener } from "@odoo/owl";
import { MailComposerFormController } from "@mail/chatter/web/mail_composer_form";
import { patch } from "@web/core/utils/patch";
import { TICKET, confirmReply, showNewMessages } from "./reply_guard";

patch(MailComposerFormController.prototype, {
    setup() {
        super.setup();
        this.answeredTicketId = false;
        onMounted(() => this.setAnsweredTicket(this.getAnsweredTicketId()));
        onWillUnmount(() => this.setAnsweredTicket(false));
        useExternalListener(window, "keydown", () => this.setAnsweredTicket(this.answeredTicketId));
    },

    /** The ticket that is answered; false for notes, other records and mass mailings. */
    getAnsweredTicketId() {
        const data = this.model.root?.data || {};
        if (data.model !== TICKET || data.subtype_is_log || data.composition_mode !== "comment") {
            return false;
        }
        const ids = JSON.parse(data.res_ids || "[]");
        return ids.length === 1 && ids[0];
    },

    setAnsweredTicket(ticketId) {
        const viewers = this.env.services.helpdesk_viewers;
        if (this.answeredTicketId && this.answeredTicketId !== ticketId) {
            viewers.setWriting(this.answeredTicketId, false);
        }
        this.answeredTicketId = ticketId;
        if (ticketId) {
            viewers.setWriting(ticketId, true);
        }
    },

    async beforeExecuteActionButton(clickParams) {
        const ticketId = this.getAnsweredTicketId();
        if (ticketId && clickParams.name === "action_send_mail") {
            const context = await confirmReply(this.env, ticketId);
            if (!context) {
                await showNewMessages(this.env, ticketId);
                return false;
            }
            clickParams.buttonContext = { ...clickParams.buttonContext, ...context };
        }
        return super.beforeExecuteActionButton(clickParams);
    },
});
