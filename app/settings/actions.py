"""Every key of the program, once: what it does, where it counts, and which one the program comes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["everywhere", "talk", "question", "sessions", "sound", "compare", "blind", "table", "welcome"]
PLACES: dict[Place, str] = {
    "talk": "On the Talk page",
    "everywhere": "Everywhere",
    "question": "Where questions are typed",
    "sessions": "In the list of sessions",
    "sound": "On a waveform or a depth plot",
    "compare": "On the Compare page",
    "blind": "In a blind test",
    "table": "In a table of facts",
    "welcome": "In the first steps",
}
"""Where a key counts, as a heading."""
TOGETHER = ({"talk", "question"}, {"talk", "sessions"}, {"talk", "sound"}, {"compare", "sound"})
"""Places where one key could mean two things, besides what counts everywhere."""


@dataclass(frozen=True)
class Action:
    name: str
    key: str
    """The default, as `QKeySequence` writes it."""
    title: str
    description: str
    place: Place = "everywhere"

    def meets(self, other: Action) -> bool:
        """Whether both could be meant by one press of a key."""
        places = {self.place, other.place}
        return len(places) == 1 or "everywhere" in places or places in TOGETHER


ACTIONS: tuple[Action, ...] = (
    Action("talk", "Space", "Talk", "Hold it while you speak, or tap it before and after.", "talk"),
    Action("stop", "Esc", "Stop", "Ends the question or the reply and its sound.", "talk"),
    Action("mute", "M", "Mute", "Whether the microphone is ignored.", "talk"),
    Action("ask_file", "Ctrl+O", "Ask a sound file", "Chooses recordings, which are asked one after another.", "talk"),
    Action("regenerate", "Ctrl+R", "Ask again", "Asks the last question again with the settings that it had.", "talk"),
    Action("copy_conversation", "Ctrl+Shift+C", "Copy the conversation", "Copies all that was said, as text.", "talk"),
    Action("sessions", "F3", "List of sessions", "Shows it, or hides it if it is seen.", "talk"),
    Action("panel_schedule", "F4", "Schedule panel", "Shows it, or hides it if it is seen.", "talk"),
    Action("panel_depth", "F5", "Depth panel", "Shows it, or hides it if it is seen.", "talk"),
    Action("panel_speed", "F6", "Speed panel", "Shows it, or hides it if it is seen.", "talk"),
    Action("panel_timeline", "F7", "Time line panel", "Shows it, or hides it if it is seen.", "talk"),
    Action("panel_memory", "F8", "Memory panel", "Shows it, or hides it if it is seen.", "talk"),
    Action("keys", "F1", "This sheet of keys", "Shows what every key does."),
    Action("small_window", "Ctrl+Shift+T", "Small window", "Shows a small window that stays in front, or hides it."),
    Action("type", "Ctrl+L", "Type a question", "Puts the cursor where questions are typed."),
    Action("new_session", "Ctrl+N", "New session", "Begins a conversation that remembers nothing of the one before."),
    Action("private_session", "Ctrl+Shift+N", "Private session", "Begins a conversation of which nothing is written down."),
    Action("louder", "Ctrl+Up", "Louder", "Replies are played louder."),
    Action("quieter", "Ctrl+Down", "Quieter", "Replies are played more quietly."),
    Action("mute_speaker", "Ctrl+M", "Mute the speaker", "Whether replies can be heard; they go on all the same."),
    Action("page_talk", "Ctrl+1", "Talk page", "Shows the conversation."),
    Action("page_compare", "Ctrl+2", "Compare page", "Shows replies under several schedules side by side."),
    Action("page_blind", "Ctrl+3", "Blind test page", "Shows the blind listening test."),
    Action("page_models", "Ctrl+4", "Models page", "Shows what is installed."),
    Action("page_settings", "Ctrl+5", "Settings page", "Shows every setting."),
    Action("page_diagnostics", "Ctrl+6", "Diagnostics page", "Shows what runs on what, how smoothly, and the log."),
    Action("send", "Return", "Ask", "Asks what was typed.", "question"),
    Action("session_open", "Return", "Open", "Shows the chosen session.", "sessions"),
    Action("session_rename", "F2", "Rename", "Gives the chosen session another name.", "sessions"),
    Action("session_pin", "Ctrl+P", "Pin or unpin", "Keeps the chosen session at the top.", "sessions"),
    Action("session_delete", "Del", "Delete", "Takes the chosen session away.", "sessions"),
    Action("session_undo", "Ctrl+Z", "Undo delete", "Brings back the session that was deleted last.", "sessions"),
    Action("sound_play", "Return", "Play", "Plays the sound or stops it; on a depth plot, from the chosen token.", "sound"),
    Action("sound_back", "Left", "Back", "One second back, or the token before.", "sound"),
    Action("sound_forward", "Right", "Forward", "One second on, or the next token.", "sound"),
    Action("sound_start", "Home", "Start", "To the beginning.", "sound"),
    Action("sound_end", "End", "End", "To the end.", "sound"),
    Action("compare_play", "Space", "Play replies", "Plays or pauses what is compared.", "compare"),
    Action("compare_loop", "L", "Loop", "Repeats what is marked, or everything.", "compare"),
    Action("compare_1", "1", "Hear reply 1", "Goes on with the first reply.", "compare"),
    Action("compare_2", "2", "Hear reply 2", "Goes on with the second reply.", "compare"),
    Action("compare_3", "3", "Hear reply 3", "Goes on with the third reply.", "compare"),
    Action("compare_4", "4", "Hear reply 4", "Goes on with the fourth reply.", "compare"),
    Action("blind_1", "1", "Hear A", "Plays A, from its start if it plays.", "blind"),
    Action("blind_2", "2", "Hear B", "Plays B, from its start if it plays.", "blind"),
    Action("blind_3", "3", "Hear X", "Plays X, from its start if it plays.", "blind"),
    Action("blind_play", "Space", "Pause the sound", "Pauses what plays, or goes on.", "blind"),
    Action("blind_a", "A", "Answer A", "A is better, or X is A.", "blind"),
    Action("blind_n", "N", "Answer “no difference”", "Neither is better.", "blind"),
    Action("blind_b", "B", "Answer B", "B is better, or X is B.", "blind"),
    Action("blind_left", "Left", "Answer to the left", "Moves the answer to the left.", "blind"),
    Action("blind_right", "Right", "Answer to the right", "Moves the answer to the right.", "blind"),
    Action("blind_confirm", "Return", "Confirm", "Confirms the answer; it cannot be changed afterwards.", "blind"),
    Action("blind_pause", "Esc", "Pause the test", "Leaves the test; the answers so far are kept.", "blind"),
    Action("copy", "Ctrl+C", "Copy", "Copies the chosen lines.", "table"),
    Action("welcome_back", "Alt+Left", "Step back", "To the step before.", "welcome"),
    Action("welcome_next", "Alt+Right", "Next step", "To the next step.", "welcome"),
)
BY_NAME = {action.name: action for action in ACTIONS}

FIXED: tuple[tuple[str, str], ...] = (
    ("Tab, Shift+Tab", "To the next control, to the one before"),
    ("Space", "Works the button or box that Tab led to"),
    ("Up, Down, letters", "Move in a list"),
    ("Enter, Esc", "Yes and no of a dialog; Esc closes what lies over a page"),
    ("Ctrl+C, X, V, A, Z", "Copy, cut, paste, all of it, undo, in a field"),
)
"""What the system gives every program: shown, not to be changed."""
