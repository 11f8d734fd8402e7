import { registry } from "@web/core/registry";

const cell = "tr[data-event=test_shipped] [data-cell='agent.inapp']";

registry.category("web_tour.tours").add("aftercare_notification_matrix", {
    steps: () => [
        {
            content: "Look for the event",
            trigger: ".o_notification_matrix_search input",
            run: "edit test_shipped",
        },
        {
            content: "Events that do not match are gone",
            trigger: "tbody:not(:has(tr[data-event]:not([data-event=test_shipped])))",
        },
        {
            content: "Switch the message on",
            trigger: `${cell} input:not(:checked)`,
            run: "click",
        },
        {
            content: "Write it",
            trigger: `${cell}:has(input:checked) button`,
            run: "click",
        },
        {
            trigger: ".modal div[name=text] textarea",
            run: "edit A parcel has left.",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
