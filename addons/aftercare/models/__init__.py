from . import aftercare_demo, aftercare_demo_story
