import { ActionPanel } from "@mail/discuss/core/common/action_panel";

import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** Whom the chat can be given to, and what he should know. */
export class TransferPanel extends Component {
    static template = "aftercare_helpdesk_livechat.TransferPanel";
    static components = { ActionPanel };
    static props = ["thread", "close"];

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ agents: [], agentId: null, note: "", isSending: false });
        onWillStart(async () => {
            this.state.agents = await this.orm.call("discuss.channel", "get_transfer_agents", [
                [this.props.thread.id],
            ]);
            this.state.agentId = this.state.agents.find((agent) => agent.is_free)?.id ?? null;
        });
    }

    get agent() {
        return this.state.agents.find((agent) => agent.id === this.state.agentId);
    }

    async onClickTransfer() {
        const agent = this.agent;
        this.state.isSending = true;
        try {
            await this.orm.call("discuss.channel", "action_transfer", [
                [this.props.thread.id],
                agent.id,
                this.state.note,
            ]);
            this.notification.add(_t("%s has the chat now.", agent.name), { type: "success" });
            this.props.close();
        } finally {
            this.state.isSending = false;
        }
    }
}
