import { openTicket } from "@aftercare_helpdesk_livechat/core/thread_actions";

import { LivechatChannelInfoList } from "@im_livechat/core/web/livechat_channel_info_list";
import { Component, useEffect, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

/** Who the visitor is, what is open for him, and who has had the chat: beside the chat. */
export class ChatCard extends Component {
    static template = "aftercare_helpdesk_livechat.ChatCard";
    static props = ["thread"];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.store = useService("mail.store");
        // The card of the customer is that of the ticket.
        this.state = useState({ card: null, chat: null });
        useEffect(
            () => {
                this.load();
            },
            // The visitor may have said who he is, or the chat may have become a ticket.
            () => [
                this.props.thread.id,
                this.props.thread.messages.length,
                this.props.thread.helpdesk_chat?.ticket?.id,
                this.props.thread.livechat_operator_id?.id,
            ]
        );
    }

    async load() {
        const threadId = this.props.thread.id;
        const chat = await this.orm.silent.call("discuss.channel", "get_helpdesk_card", [
            [threadId],
        ]);
        if (threadId === this.props.thread.id) {
            this.state.chat = chat;
            this.state.card = chat.customer;
        }
    }

    get given() {
        return [this.state.chat.email, this.state.chat.phone].filter(Boolean).join(", ");
    }

    formatDate(date) {
        return deserializeDateTime(date).toLocaleString(luxon.DateTime.DATETIME_SHORT);
    }

    openRecord(resModel, resId) {
        this.props.thread.openChatWindow?.({ focus: false });
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    onClickTicket() {
        return openTicket(this.env, this.props.thread);
    }

    async onClickExplain() {
        const action = await this.orm.call("discuss.channel", "action_explain_assignment", [
            [this.props.thread.id],
        ]);
        this.action.doAction(action);
    }

    onClickCustomer() {
        this.dialog.add(SelectCreateDialog, {
            resModel: "res.partner",
            title: _t("Who is the visitor?"),
            domain: [["partner_share", "=", true]],
            multiSelect: false,
            onSelected: async ([partnerId]) => {
                await this.orm.call("discuss.channel", "set_chat_customer", [
                    [this.props.thread.id],
                    partnerId,
                ]);
                await this.load();
            },
        });
    }
}

LivechatChannelInfoList.components = { ...LivechatChannelInfoList.components, ChatCard };
