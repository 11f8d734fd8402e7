import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftercare_helpdesk_livechat_ticket", {
    steps: () => [
        {
            content: "The customer stands beside the chat",
            trigger: ".o_helpdesk_chat_card .o_helpdesk_card:contains(Carla)",
        },
        {
            content: "The agent is warned that nothing is proven",
            trigger: ".o_helpdesk_chat_card .alert:contains(not proven)",
        },
        {
            content: "Whoever is at work can take the chat over",
            trigger: ".o-mail-DiscussContent-header button[name=helpdesk-transfer]",
        },
        {
            trigger: ".o-mail-DiscussContent-header button[name=helpdesk-ticket]",
            run: "click",
        },
        {
            content: "The ticket has the first words of the visitor",
            trigger: ".o_form_view div[name=name] input:value(My printer is on fire)",
        },
        {
            content: "and leads back to the chat",
            trigger: ".o_form_view button[name=action_open_chats]",
        },
    ],
});
