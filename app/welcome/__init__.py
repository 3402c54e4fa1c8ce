"""The first run: who answers, does the microphone work, is the speaker heard, and how to talk."""
