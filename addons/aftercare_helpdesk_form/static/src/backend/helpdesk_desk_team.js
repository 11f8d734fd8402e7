import { useSubEnv } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";
import { HelpdeskDesk } from "@aftercare_helpdesk/desk/helpdesk_desk";

/** The desk as a team's dashboard: of this team, and with the bar of its lists above. */
patch(HelpdeskDesk.prototype, {
    setup() {
        const { context = {}, params = {} } = this.props.action;
        if (context.parent_action_embedded_actions) {
            Object.assign(this.env.config, {
                embeddedActions: context.parent_action_embedded_actions,
                parentActionId: context.parent_action_id,
                currentEmbeddedActionId: context.current_embedded_action_id,
            });
            // What the bar asks of a list's search: whose bar it is. A desk has no filters to save.
            useSubEnv({
                searchModel: {
                    globalContext: {
                        active_id: context.active_id,
                        active_model: context.active_model,
                    },
                    createNewFavorite: () => {},
                },
            });
        }
        super.setup(...arguments);
        if (params.team_id) {
            this.teamId = params.team_id;
        }
    },

    /** A team opens with its bar; a number of it opens what was counted. */
    async openOfTeam(team, domain = []) {
        if (domain.length) {
            return super.openOfTeam(...arguments);
        }
        return this.action.doActionButton({
            type: "object",
            name: "action_view_open_tickets",
            resModel: "helpdesk.ticket.team",
            resId: team.id,
        });
    },
});
