from . import (
    aftercare_demo,
    aftercare_demo_license,
    aftercare_demo_money,
    aftercare_demo_story,
)
