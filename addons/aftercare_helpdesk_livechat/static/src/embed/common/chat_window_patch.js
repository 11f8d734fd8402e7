import { LeaveMessage } from "@aftercare_helpdesk_livechat/embed/common/leave_message";

import { ChatWindow } from "@mail/core/common/chat_window";
import { useState } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";

Object.assign(ChatWindow.components, { LeaveMessage });

patch(ChatWindow.prototype, {
    setup() {
        super.setup(...arguments);
        this.queueState = useState({ isLeavingMessage: false });
    },
    get queue() {
        return this.thread?.livechat_queue;
    },
    get isUnstaffed() {
        return Boolean(this.queue && this.thread.isTransient && !this.queue.is_staffed);
    },
    /** Before the first word to nobody there is nothing to do but to leave a message. */
    get showLeaveMessage() {
        return this.isUnstaffed || this.queueState.isLeavingMessage;
    },
    onClickLeaveMessage() {
        this.queueState.isLeavingMessage = true;
    },
    onBackToChat() {
        this.queueState.isLeavingMessage = false;
    },
    onCloseLeaveMessage() {
        this.queueState.isLeavingMessage = false;
        const thread = this.thread;
        this.props.chatWindow.close({ force: true });
        if (thread?.isTransient) {
            thread.delete();
        }
    },
});
