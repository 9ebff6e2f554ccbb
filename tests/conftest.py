"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# A law is no slower to hold on a busy machine: time is what benchmarks are for.
settings.register_profile("fencang", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fencang")
