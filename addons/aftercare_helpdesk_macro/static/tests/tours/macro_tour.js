import { registry } from "@web/core/registry";

const open = { trigger: ".o_helpdesk_macros_toggle", run: "click" };

registry.category("web_tour.tours").add("aftercare_helpdesk_macro", {
    steps: () => [
        open,
        {
            content: "Typing a few letters finds the macro",
            trigger: ".o_helpdesk_macros input",
            run: "edit thank",
        },
        {
            trigger: ".o_helpdesk_macros:not(:has(.o_helpdesk_macro:contains(urgent)))",
        },
        {
            trigger: ".o_helpdesk_macro:contains(Say thanks)",
            run: "click",
        },
        {
            content: "The reply stands in the chatter",
            trigger: ".o-mail-Message:contains(Thank you, Carla!)",
        },
        open,
        {
            trigger: ".o_helpdesk_macro:contains(Make it urgent)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=priority]:contains(Urgent)",
        },
        open,
        {
            trigger: ".o_helpdesk_macro:contains(Ask first)",
            run: "click",
        },
        {
            content: "It is shown before it is sent",
            trigger: ".modal .o_field_widget[name=reply_body]:contains(Dear Carla)",
        },
        {
            trigger: ".modal footer button[name=action_apply]:contains(Send and Apply)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o-mail-Message:contains(Dear Carla)",
        },
    ],
});
