import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftercare_agent_presence", {
    steps: () => [
        {
            content: "Open the switch",
            trigger: ".o_agent_presence_toggle:has(.o_agent_dot_offline)",
            run: "click",
        },
        {
            content: "Choose with the mouse",
            trigger: ".o_agent_presence_menu [data-presence=available]",
            run: "click",
        },
        {
            content: "The switch has changed; open it again",
            trigger: ".o_agent_presence_toggle:has(.o_agent_dot_available)",
            run: "click",
        },
        {
            content: "Choose with the keyboard: the third choice",
            trigger: ".o_agent_presence_menu [data-presence=available]",
            run: "press ArrowDown",
        },
        { trigger: ".o_agent_presence_menu .focus", run: "press ArrowDown" },
        { trigger: ".o_agent_presence_menu .focus", run: "press ArrowDown" },
        { trigger: ".o_agent_presence_menu [data-presence=away].focus", run: "press Enter" },
        { trigger: ".o_agent_presence_toggle:has(.o_agent_dot_away)" },
    ],
});
