import { registry } from "@web/core/registry";

const shadow = (selector) => `.o-livechat-root:shadow ${selector}`;

registry.category("web_tour.tours").add("aftercare_helpdesk_livechat_message", {
    steps: () => [
        { trigger: shadow(".o-livechat-LivechatButton"), run: "click" },
        { trigger: shadow(".o-helpdesk-LeaveMessage input[name=name]"), run: "edit Vera Visitor" },
        {
            trigger: shadow(".o-helpdesk-LeaveMessage input[name=email]"),
            run: "edit vera@new.example",
        },
        {
            trigger: shadow(".o-helpdesk-LeaveMessage textarea[name=text]"),
            run: "edit Please call me",
        },
        { trigger: shadow(".o-helpdesk-LeaveMessage button[type=submit]"), run: "click" },
        {
            content: "He is told the number",
            trigger: shadow(".o-helpdesk-LeaveMessage-number:not(:empty)"),
        },
    ],
});

registry.category("web_tour.tours").add("aftercare_helpdesk_livechat_queue", {
    steps: () => [
        { trigger: shadow(".o-livechat-LivechatButton"), run: "click" },
        { trigger: shadow(".o-helpdesk-QueueBanner:contains(You are next)") },
        { trigger: shadow(".o-mail-Composer-input"), run: "edit Is anybody there?" },
        { trigger: shadow(".o-mail-Composer-input"), run: "press Enter" },
        { trigger: shadow(".o-mail-Message:contains(Is anybody there?)") },
        {
            content: "His chat is kept, and he waits",
            trigger: shadow(
                ".o-mail-ChatWindow:has(.o-helpdesk-QueueBanner:contains(You are next)) .o-mail-Message:contains(Is anybody there?)"
            ),
        },
    ],
});
