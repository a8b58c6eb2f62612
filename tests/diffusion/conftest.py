from hypothesis import settings

# The first example pays for torch's start; on a busy machine any may be slow.
settings.register_profile("diffusion", deadline=None, max_examples=40)
settings.load_profile("diffusion")
