import { TransferPanel } from "@aftercare_helpdesk_livechat/core/transfer_panel";

import { registerThreadAction } from "@mail/core/common/thread_actions";
import "@mail/discuss/call/common/thread_actions";

import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";

const isChat = ({ owner, store, thread }) =>
    thread?.channel_type === "livechat" &&
    store.has_access_helpdesk &&
    !owner.isDiscussSidebarChannelActions;

/** Make a ticket of a chat, or open the one it is already. */
export async function openTicket(env, thread) {
    const ticketId =
        thread.helpdesk_chat?.ticket?.id ||
        (await env.services.orm.call("discuss.channel", "action_create_ticket", [[thread.id]]));
    // The chat stays in sight.
    thread.openChatWindow?.({ focus: false });
    await env.services.action.doAction({
        type: "ir.actions.act_window",
        res_model: "helpdesk.ticket",
        res_id: ticketId,
        views: [[false, "form"]],
    });
}

registerThreadAction("helpdesk-ticket", {
    condition: isChat,
    icon: "fa fa-fw fa-ticket",
    name: ({ thread }) =>
        thread.helpdesk_chat?.ticket
            ? _t("Open Ticket %s", thread.helpdesk_chat.ticket.number)
            : _t("Create Ticket"),
    nameClass: ({ thread }) => (thread.helpdesk_chat?.ticket ? "text-success" : ""),
    open: ({ store, thread }) => openTicket(store.env, thread),
    sequence: 11,
    sequenceGroup: 25,
});

registerThreadAction("helpdesk-transfer", {
    actionPanelComponent: TransferPanel,
    actionPanelComponentProps: ({ action }) => ({ close: () => action.close() }),
    close: ({ action }) => action.popover?.close(),
    condition: (params) =>
        isChat(params) && params.thread.helpdesk_chat?.team_id && !params.thread.livechat_end_dt,
    icon: "fa fa-fw fa-exchange",
    name: _t("Transfer"),
    panelOuterClass: "bg-100",
    sequence: 12,
    sequenceGroup: 25,
    setup({ owner }) {
        if (!owner.env.inChatWindow) {
            this.popover = usePopover(TransferPanel, {
                onClose: () => this.close(),
                popoverClass: this.panelOuterClass,
            });
        }
    },
    toggle: true,
    open({ owner, thread }) {
        this.popover?.open(owner.root.el.querySelector(`[name="${this.id}"]`), {
            thread,
            ...this.actionPanelComponentProps,
        });
    },
});
