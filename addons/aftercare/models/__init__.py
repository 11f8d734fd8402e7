from . import (
    aftercare_demo,
    aftercare_demo_chat,
    aftercare_demo_helpdesk,
    aftercare_demo_license,
    aftercare_demo_money,
    aftercare_demo_story,
    aftercare_demo_voice,
)
