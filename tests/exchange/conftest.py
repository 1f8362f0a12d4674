from hypothesis import settings

settings.register_profile("exchange", deadline=None, max_examples=50)
settings.load_profile("exchange")
