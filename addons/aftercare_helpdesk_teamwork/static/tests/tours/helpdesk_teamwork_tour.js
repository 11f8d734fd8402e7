import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftercare_helpdesk_teamwork", {
    steps: () => [
        {
            content: "A colleague writes an answer at this moment",
            trigger: ".o_helpdesk_viewers.alert-warning:contains(Ben is writing an answer)",
        },
        {
            trigger: ".o-mail-Message:contains(It smokes)",
        },
        {
            trigger: "button.o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "While I type he leaves, and the customer writes",
            trigger: ".o-mail-Composer-input",
            run: "edit Unplug it",
        },
        {
            content: "Which I learn without doing anything",
            trigger: ".o_helpdesk_viewers:contains(Carla has just written):not(:contains(Ben))",
        },
        {
            trigger: "button.o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "What I have not seen is shown before anything is sent",
            trigger: ".o_helpdesk_unseen:contains(It burns now)",
        },
        {
            trigger: ".o_helpdesk_look_first",
            run: "click",
        },
        {
            content: "I look",
            trigger: ".o-mail-Message:contains(It burns now)",
        },
        {
            content: "What I wrote is still there",
            trigger: ".o-mail-Composer-input:value(Unplug it)",
        },
        {
            trigger: "button.o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "Nothing new came in, so nothing is asked",
            trigger: ".o-mail-Message:contains(Unplug it)",
        },
        {
            trigger: ".o_form_statusbar button[name=action_transfer]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=user_id] input",
            run: "edit Cyd",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Cyd)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason]:visible textarea",
            run: "edit Smoke is yours",
        },
        {
            trigger: ".modal-footer button[name=action_apply]:visible",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_notebook_headers a[name=handling]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=handover_ids] .o_kanban_record:contains(Smoke is yours)",
        },
    ],
});

registry.category("web_tour.tours").add("aftercare_helpdesk_teamwork_composer", {
    steps: () => [
        {
            trigger: ".o-mail-Message:contains(It smokes)",
        },
        {
            trigger: ".o_form_statusbar button[name=action_reply].btn-primary",
            run: "click",
        },
        {
            content: "While I write, the customer writes too",
            trigger: ".modal .o_mail_composer_form .odoo-editor-editable",
            run: "editor Unplug it",
        },
        {
            trigger: ".modal .o_mail_send:enabled",
            run: "click",
        },
        {
            trigger: ".o_helpdesk_unseen:contains(It burns now)",
        },
        {
            trigger: ".o_helpdesk_send_anyway",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

registry.category("web_tour.tours").add("aftercare_helpdesk_teamwork_help", {
    steps: () => [
        {
            content: "A colleague's question stands above the ticket",
            trigger: ".alert[name=my_assistance]:contains(Which driver?)",
        },
        {
            trigger: "button[name=action_answer_assistance]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=answer] textarea",
            run: "edit The old one",
        },
        {
            trigger: ".modal-footer button[name=action_answer]",
            run: "click",
        },
        {
            content: "Nobody asks any more",
            trigger: "body:not(:has(.modal)):not(:has(.alert[name=my_assistance])) .o_form_view",
        },
        {
            content: "I need help myself",
            trigger: "button[name=action_ask_for_help]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=user_ids] input",
            run: "edit Cyd",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Cyd)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=question] textarea",
            run: "edit Which cable?",
        },
        {
            trigger: ".modal-footer button[name=action_ask]",
            run: "click",
        },
        {
            content: "The form shows who helps",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=helper_ids] .o_m2m_avatar",
        },
    ],
});
