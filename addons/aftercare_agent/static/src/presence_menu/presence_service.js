import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/**
 * The presence of the user as an agent, the same in all his tabs. `data` is null for whoever is
 * not an agent.
 */
export const agentPresenceService = {
    dependencies: ["bus_service", "orm"],

    start(env, { bus_service: bus, orm }) {
        const state = reactive({ data: session.service_agent || null });
        bus.subscribe("aftercare_agent/presence", (data) => {
            state.data = data;
        });
        return {
            state,
            async set(presence) {
                const previous = state.data;
                state.data = { ...previous, presence };
                try {
                    state.data = await orm.call("service.agent", "set_own_presence", [presence]);
                } catch (error) {
                    state.data = previous;
                    throw error;
                }
            },
        };
    },
};

registry.category("services").add("aftercare_agent.presence", agentPresenceService);
