from tests.rig.small_listener import network  # noqa: F401
