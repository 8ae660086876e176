//! The table of everything a user can do. Key bindings, the palette, the help screen and the key
//! hints are all made from it.

use super::key::Key;

/// A named thing a user can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    PaneTopology,
    PaneSnippets,
    PaneReplication,
    PaneRun,
    NextPane,
    PreviousPane,
    Help,
    Palette,
    Filter,
    ClearFilter,
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Open,
    Back,
    Fold,
    Unfold,
    NextField,
    PreviousField,
    NextChoice,
    PreviousChoice,
    ClearField,
    Reset,
    Copy,
    RunText,
    Preview,
    NewCommand,
    PasteCommand,
    ChooseSet,
    ChooseValue,
    EditLines,
    Mark,
    CopyAs,
    FillRows,
    WriteTable,
    SnippetsFor,
    FormOfJob,
    Engagement,
    EditSource,
    Reload,
    Explain,
    Save,
    CancelJob,
    RemoveJob,
    SwitchFocus,
    FullScreen,
    MarkLines,
    Errors,
    ToggleWrap,
    ScrollLeft,
    ScrollRight,
    NextHit,
    PreviousHit,
    CopyScreen,
    ViewAs,
    SortColumn,
    ReverseSort,
    Complete,
    CompleteBack,
    SearchHistory,
    NextOrder,
    /// Take what was probably meant by a pasted text.
    TakeMeant,
    ChooseTarget,
    AddTarget,
    EditTarget,
    RemoveTarget,
    TestTarget,
    ImportTargets,
    MarkAll,
    Profiles,
    ToggleWatch,
    WatchSinceNow,
    WatchSince,
    PauseWatch,
    Faster,
    Slower,
    PollNow,
    Earlier,
    Later,
    Now,
    GoToTime,
    ShowLog,
    RowOrder,
    ExcludeRow,
    Narrow,
    Why,
    NextTheme,
    ToggleMouse,
    Quit,
}

/// Where a binding holds. A place with its own input takes characters as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    Anywhere,
    List,
    Filtered,
    Topology,
    Snippets,
    Form,
    Table,
    Replication,
    Changes,
    Rewound,
    Run,
    Output,
    Input,
    CommandLine,
    Pick,
    TableName,
    Lines,
    Choices,
    Targets,
    RunOn,
    RunOnWords,
    TargetForm,
    Import,
    Dialog,
}

impl Place {
    /// The heading on the help screen.
    pub fn title(self) -> &'static str {
        match self {
            Place::Anywhere => "Everywhere",
            Place::List => "Lists",
            Place::Filtered => "Lists with a filter",
            Place::Topology => "Topology",
            Place::Snippets => "Snippets",
            Place::Form => "Form",
            Place::Replication => "Replication",
            Place::Changes => "Replication, in the log of changes",
            Place::Rewound => "Replication, at an earlier poll",
            Place::Run => "Run",
            Place::Output => "Run, in the output",
            Place::CommandLine => "While typing a command",
            Place::Input => "While typing a filter",
            Place::Table => "Table of rows",
            Place::TableName => "While naming a table",
            Place::Pick => "While choosing a value",
            Place::Lines => "While editing lines",
            Place::Choices => "While a command lets you choose",
            Place::Targets => "Targets",
            Place::RunOn => "While choosing where to run",
            Place::RunOnWords => "While typing words for where to run",
            Place::TargetForm => "While editing a target",
            Place::Import => "While importing targets",
            Place::Dialog => "Dialogs",
        }
    }

    /// All places, in the order of the help screen.
    pub const ALL: [Place; 24] = [
        Place::Anywhere,
        Place::List,
        Place::Filtered,
        Place::Topology,
        Place::Snippets,
        Place::Form,
        Place::Table,
        Place::Replication,
        Place::Changes,
        Place::Rewound,
        Place::Run,
        Place::Output,
        Place::CommandLine,
        Place::Input,
        Place::Pick,
        Place::TableName,
        Place::Lines,
        Place::Choices,
        Place::Targets,
        Place::RunOn,
        Place::RunOnWords,
        Place::TargetForm,
        Place::Import,
        Place::Dialog,
    ];
}

/// One row of the table.
#[derive(Debug)]
pub struct Binding {
    /// What is done.
    pub action: Action,
    /// Where.
    pub place: Place,
    /// The name, as in the palette.
    pub name: &'static str,
    /// One line on what it does.
    pub help: &'static str,
    /// The keys, most common first, as [`Key::parse`] reads them.
    pub keys: &'static [&'static str],
    /// A word for the hint line; empty keeps it out.
    pub hint: &'static str,
}

macro_rules! bindings {
    ($($place:ident $action:ident [$($key:literal)*] $name:literal, $help:literal, $hint:literal;)*) => {
        &[$(Binding { action: Action::$action, place: Place::$place, name: $name, help: $help, keys: &[$($key),*], hint: $hint }),*]
    };
}

/// The table.
pub const BINDINGS: &[Binding] = bindings! {
    Anywhere PaneTopology ["1"] "topology", "Show the Topology pane", "";
    Anywhere PaneSnippets ["2"] "snippets", "Show the Snippets pane", "";
    Anywhere PaneReplication ["3"] "replication", "Show the Replication pane", "";
    Anywhere PaneRun ["4"] "run", "Show the Run pane", "";
    Anywhere NextPane ["tab"] "next pane", "Go to the pane on the right", "";
    Anywhere PreviousPane ["shift-tab"] "previous pane", "Go to the pane on the left", "";
    Anywhere Palette [":"] "palette", "Find an action by its name", "actions";
    Anywhere Help ["?" "f1"] "help", "Show all keys", "help";
    Anywhere ChooseTarget ["t"] "targets", "Choose the target that commands run on; add, change, test, import targets", "";
    Anywhere Profiles [] "profile", "Which customer's profile this is, and how to start with another", "";
    Anywhere NextTheme ["f9"] "next theme", "Switch between the themes", "";
    Anywhere ToggleMouse ["f8"] "toggle mouse", "Take the mouse, or leave it to the terminal for selecting text", "";
    Anywhere Quit ["q" "ctrl-c"] "quit", "Leave csdeck", "quit";
    List Up ["up" "k"] "up", "One row up", "";
    List Down ["down" "j"] "down", "One row down", "";
    List PageUp ["pgup"] "page up", "Ten rows up", "";
    List PageDown ["pgdn"] "page down", "Ten rows down", "";
    List Top ["home" "g"] "top", "To the first row", "";
    List Bottom ["end" "G"] "bottom", "To the last row", "";
    Filtered Filter ["/"] "filter", "Type words; only rows with all of them stay", "filter";
    Filtered ClearFilter ["esc"] "clear filter", "Show all rows again", "";
    Topology Open ["enter" "space"] "fold or unfold", "Fold or unfold the row", "fold";
    Topology Fold ["left" "h"] "fold", "Fold the row, or go to the row above it", "";
    Topology Unfold ["right" "l"] "unfold", "Unfold the row", "";
    Topology SnippetsFor ["s"] "snippets for this", "Show the snippets that apply to the row; their forms open filled in", "snippets";
    Topology Copy ["y"] "copy name", "Copy the name of the row", "copy";
    Snippets Open ["enter" "right"] "open form", "Fill in the snippet or the cmdlet", "fill in";
    Snippets PasteCommand ["p"] "paste command", "Make a form of a command line from elsewhere, its damage repaired", "paste";
    Snippets EditSource ["e"] "edit snippet", "Edit the file in $VISUAL or $EDITOR; a built-in snippet is copied first", "edit";
    Snippets Engagement ["v"] "engagement variables", "Edit the variables that forms are filled in from", "variables";
    Snippets Reload ["R" "f5"] "reload snippets", "Read the library again; changed files are also noticed by themselves", "";
    Snippets Explain ["f1"] "explain cmdlet", "What the reference says of the cmdlet", "explain";
    Form NextField ["tab" "enter" "down"] "next field", "Go to the next field", "next";
    Form RunText ["ctrl-r" "f5"] "run command", "Show target and text, ask, and run", "run";
    Form Copy ["ctrl-y" "f3"] "copy command", "Copy the command exactly as shown", "copy";
    Form ChooseValue ["f7" "ctrl-f"] "choose value", "Choose from the topology, earlier values, or what a server answers", "choose";
    Form Back ["esc" "ctrl-c"] "back", "Back to the list; what was filled in stays", "back";
    Form Palette ["f10" "ctrl-x"] "more actions", "Find an action of the form by its name", "more";
    Form Explain ["f1"] "explain field", "What the reference says of the field with the cursor", "explain";
    Form Save ["f2" "ctrl-s"] "save snippet", "Keep the form as a snippet of your own", "save";
    Form ChooseSet ["f4" "ctrl-t"] "parameter set", "Choose another parameter set of the cmdlet", "set";
    Form Fold ["f6" "ctrl-o"] "fold fields", "Show only what is required or filled in, or all fields", "fields";
    Form NextChoice ["ctrl-n"] "next choice", "The next choice of a field with choices, or on and off", "choice";
    Form CopyAs ["ctrl-d"] "copy as", "Copy as one line, as a script, encoded, or into a file", "";
    Form FillRows ["ctrl-b"] "many rows", "Fill the form in from a table (CSV), once for each row", "";
    Form EditLines ["f12" "ctrl-l"] "edit as lines", "Edit the elements of a list, one per line", "";
    Form Reset [] "reset form", "Start the form anew: defaults, variables, what it was opened for", "";
    Form PreviousField ["shift-tab" "up"] "previous field", "Go to the field before", "";
    Form PreviousChoice ["ctrl-p"] "previous choice", "The choice before", "";
    Form ClearField ["ctrl-u"] "clear field", "Empty the field: an emptied default is left out", "";
    Table Open ["enter"] "run this row", "Show target and the row's command, ask, and run it", "run row";
    Table RunText ["ctrl-r" "f5"] "run all rows", "Show target and the commands of all rows, ask, and run them", "run all";
    Table Copy ["y" "f3" "ctrl-y"] "copy all rows", "Copy the commands of all rows", "copy all";
    Table CopyAs ["ctrl-d"] "copy all rows as", "Copy all rows as one line, a script, encoded, or into a file", "copy as";
    Table FillRows ["R"] "read table again", "Read the table again, as it is in the file now", "read again";
    Table Back ["esc"] "back to the form", "Leave the table", "back";
    Replication ToggleWatch ["w"] "watch", "Start or stop watching the target", "watch";
    Replication WatchSinceNow ["s"] "watch a change made now", "Only a package made from now on counts as converged", "since now";
    Replication WatchSince ["S"] "watch a change made at a time", "The same for a change that was made before: 22:14, or 5m ago", "";
    Replication PauseWatch ["space" "p"] "pause", "No polls for a while; again to go on", "pause";
    Replication PollNow ["r"] "poll now", "Ask at once; also while paused", "";
    Replication Why ["e"] "why is it stuck", "Check the way to the replica from the right machines; again ends the checks", "why";
    Replication FormOfJob ["f"] "form of the next step", "Make a form of what the checks said to run next", "";
    Replication ShowLog ["l"] "log of changes", "What changed when, the newest first; Enter there goes to the poll", "log";
    Replication ExcludeRow ["x"] "leave out", "Do not wait for the replica, for a reason; again takes it back", "";
    Replication Earlier ["left" "["] "earlier poll", "Look at the poll before", "";
    Replication Later ["right" "]"] "later poll", "Look at the next poll", "";
    Replication GoToTime ["@"] "go to a time", "What did it look like at 22:14, or 5m ago?", "";
    Replication Narrow ["n"] "narrow", "Only the site of the row, then only its pool, then all again", "";
    Replication Faster ["+" "="] "poll more often", "Less time between two polls", "";
    Replication Slower ["-"] "poll less often", "More time between two polls", "";
    Replication RowOrder ["o"] "order of rows", "The laggards first, or as the server answered", "";
    Replication Open ["enter"] "row in full", "All that is known of the replica", "";
    Replication Copy ["y"] "copy report", "Copy the report as text", "";
    Replication Save ["m" "ctrl-s"] "save report", "Write the run as Markdown, for the change ticket", "";
    Changes Open ["enter"] "go to this poll", "Look at the poll in which it changed", "go there";
    Changes Back ["l" "esc"] "back to the rows", "Leave the log", "rows";
    Rewound Now ["end"] "back to now", "Look at the newest poll again", "back to now";
    Run NewCommand ["n"] "new command", "Type a command to run", "new";
    Run SwitchFocus ["tab" "enter"] "to the output", "Between the jobs and the output of the selected one", "output";
    Run CancelJob ["c"] "cancel", "Cancel the selected job", "cancel";
    Run RunText ["r"] "run again", "Show the text of the job, ask, and run it again", "";
    Run FormOfJob ["f"] "form of this command", "Make a form of the job's command; F2 there keeps it as a snippet", "";
    Run Filter ["/"] "search", "Find words in the output; of objects only those with all of the words stay", "search";
    Run Save ["s"] "save output", "Save the output in a file, as the server sent it", "";
    Run Copy ["y"] "copy output", "Copy the output of the selected job", "copy";
    Run ViewAs ["v"] "view as", "Show objects as a table, a list, JSON, or as the lines that came", "";
    Run SortColumn ["S"] "sort", "Sort objects by the next of their properties", "";
    Run ReverseSort ["R"] "reverse", "Sort objects the other way round", "";
    Run CopyScreen ["Y"] "copy screen", "Copy what is on the screen; of a table of objects, its rows as CSV", "";
    Run FullScreen ["o"] "full screen", "The output alone, without frames, for the terminal's own selection", "";
    Run MarkLines ["m"] "mark lines", "Mark lines of the output, from one to another; then copy them", "";
    Run Errors ["e"] "errors in full", "The errors with category, id, target and place, or the output again", "";
    Run ToggleWrap ["z" "w"] "wrap", "Long lines go on in the next row, or are cut", "";
    Run Unfold ["space"] "unfold", "Show the jobs of a run on several targets, or fold them", "";
    Run RemoveJob ["d"] "remove", "Take an ended job and its output off the list", "";
    Run Explain ["f1"] "explain cmdlet", "What the reference says of the cmdlet that ran", "";
    Run Earlier ["left" "["] "scroll up", "Scroll the output back", "";
    Run Later ["right" "]"] "scroll down", "Scroll the output on", "";
    Output Back ["esc"] "back to the jobs", "Leave full screen, search, errors in full, output: one after the other", "back";
    Output Up ["up" "k"] "line up", "One row up", "";
    Output Down ["down" "j"] "line down", "One row down", "";
    Output PageUp ["pgup"] "page up", "A page up", "";
    Output PageDown ["pgdn" "space"] "page down", "A page down", "";
    Output Top ["home" "g"] "to the beginning", "To the first line", "";
    Output Bottom ["end" "G"] "to the end", "To the newest line, and follow it", "";
    Output ScrollLeft ["left" "h"] "left", "To the left in lines that are cut", "";
    Output ScrollRight ["right" "l"] "right", "To the right in lines that are cut", "";
    Output NextHit ["n"] "next match", "The next line with what was searched for; without a search a new command", "next";
    Output PreviousHit ["N"] "match before", "The line before with what was searched for", "";
    CommandLine Open ["enter"] "ask to run", "Show target and text, and ask", "run";
    CommandLine Complete ["tab"] "complete", "Complete the word: cmdlets, parameters, values; again for the next one", "complete";
    CommandLine CompleteBack ["shift-tab"] "complete back", "The completion before", "";
    CommandLine Up ["up"] "command before", "The command that was typed before", "";
    CommandLine Down ["down"] "command after", "The command that was typed after", "";
    CommandLine SearchHistory ["ctrl-r"] "search history", "Find an earlier command by words; again for an older one", "history";
    CommandLine Explain ["f1"] "explain the cmdlet", "What the reference says of the cmdlet in the line", "explain";
    CommandLine Back ["esc" "ctrl-c"] "close", "Close the list, or the line", "close";
    Input Open ["enter"] "keep filter", "Keep the filter and go to the list", "keep";
    Input ClearFilter ["esc"] "drop filter", "Drop the filter", "drop";
    Input Up ["up"] "row up", "One row up", "";
    Input Down ["down"] "row down", "One row down", "";
    Targets Open ["enter"] "choose", "Commands run on this target from now on", "choose";
    Targets Filter ["/"] "find a target", "Type words; only targets with all of them stay", "filter";
    Targets AddTarget ["a"] "add target", "Fill in a new target", "add";
    Targets EditTarget ["e"] "edit target", "Change the keys of the target", "edit";
    Targets RemoveTarget ["d" "delete"] "remove target", "Take the target out of targets.toml", "remove";
    Targets TestTarget ["x"] "test target", "Connect, log in, and run something that only looks", "test";
    Targets ImportTargets ["i"] "import targets", "Add targets from the ssh configuration or the topology", "import";
    Targets Back ["esc" "ctrl-c"] "leave the targets", "Drop the filter, or close the list", "close";
    RunOn Open ["enter"] "run there", "Ask to run on all that are marked; without a mark on the highlighted one", "go on";
    RunOn Mark ["space" "tab"] "mark where to run", "Mark the target, or take the mark away", "mark";
    RunOn MarkAll ["a" "ctrl-a"] "mark all to run on", "Mark all that are shown, or none of them", "all";
    RunOn Filter ["/"] "find where to run", "Type words: names, addresses, groups; only targets with all of them stay", "filter";
    RunOn Back ["esc" "ctrl-c"] "run nowhere", "Drop the filter, or close the list", "close";
    RunOnWords Open ["enter"] "run there", "Ask to run on all that are marked; without a mark on the highlighted one", "go on";
    RunOnWords Mark ["tab"] "mark where to run", "Mark the target, or take the mark away", "mark";
    RunOnWords MarkAll ["ctrl-a"] "mark all to run on", "Mark all that are shown, or none of them", "all";
    RunOnWords ClearFilter ["esc"] "drop the words", "Show all targets again", "drop";
    RunOnWords Up ["up"] "target above", "One target up", "";
    RunOnWords Down ["down"] "target below", "One target down", "";
    TargetForm NextField ["tab" "enter" "down"] "next key", "Go to the next key", "next";
    TargetForm PreviousField ["shift-tab" "up"] "key before", "Go to the key before", "";
    TargetForm NextChoice ["ctrl-n"] "next word", "The next word of a key with words; Left, Right, Space, letters choose too", "choice";
    TargetForm PreviousChoice ["ctrl-p"] "word before", "The word before", "";
    TargetForm Save ["f2" "ctrl-s"] "write target", "Write the target into targets.toml", "write";
    TargetForm Back ["esc" "ctrl-c"] "drop changes", "Leave everything as it was", "drop";
    Import Mark ["space" "tab"] "mark target", "Mark the target, or take the mark away", "mark";
    Import MarkAll ["a"] "mark all targets", "Mark all of them, or none", "all";
    Import Open ["enter"] "add targets", "Add what is marked, and what it jumps through", "add";
    Import Back ["esc" "ctrl-c"] "add nothing", "Close without adding anything", "close";
    Dialog Open ["enter"] "accept", "Accept what is shown", "accept";
    Dialog Explain ["f1"] "explain the cmdlet", "What the reference says of the cmdlet in the dialog", "";
    Dialog Preview ["f6"] "preview with -WhatIf", "Run the text that is asked about with -WhatIf: nothing is changed", "";
    Dialog NextOrder ["f4" "ctrl-o"] "order of the targets", "How a run on several targets goes: at once, one by one, in waves", "";
    Dialog TakeMeant ["f8" "ctrl-n"] "take what was meant", "Put the names that were probably meant into a pasted text", "";
    Dialog Back ["esc" "ctrl-c"] "close", "Close without doing anything", "close";
    Pick Open ["enter"] "take", "Take what is marked or highlighted, or what was typed", "take";
    Pick Mark ["tab"] "mark", "Mark a choice of a list, or take the mark away", "mark";
    Pick RunText ["f5"] "ask the server", "Show the command that lists the choices, ask, and run it", "ask";
    Pick Back ["esc" "ctrl-c"] "leave", "Leave the field as it is", "leave";
    Pick Up ["up"] "choice above", "One choice up", "";
    Pick Down ["down"] "choice below", "One choice down", "";
    Pick PageUp ["pgup"] "choices above", "Ten choices up", "";
    Pick PageDown ["pgdn"] "choices below", "Ten choices down", "";
    TableName Open ["enter"] "read table", "Read the table and fill the form in for each row", "read";
    TableName WriteTable ["f2" "ctrl-s"] "write table", "Write an empty table with the form's fields, to be filled in", "write empty";
    TableName Back ["esc" "ctrl-c"] "no table", "Close without doing anything", "close";
    Lines Save ["f2" "ctrl-s"] "keep", "Keep the lines", "keep";
    Lines Open ["enter"] "new line", "Begin a line", "new line";
    Lines Back ["esc" "ctrl-c"] "drop", "Leave everything as it was", "drop";
    Lines Up ["up"] "line above", "One line up", "";
    Lines Down ["down"] "line below", "One line down", "";
    Lines PageUp ["pgup"] "lines above", "Ten lines up", "";
    Lines PageDown ["pgdn"] "lines below", "Ten lines down", "";
    Choices Open ["enter"] "give this answer", "Answer with what is highlighted; its letter highlights an answer", "answer";
    Choices Help ["?" "f1"] "what it does", "Show what the highlighted answer does, or hide it", "help";
    Choices Back ["esc" "ctrl-c"] "no answer", "Do not answer: the command is told so", "no answer";
    Choices Up ["up"] "answer above", "One answer up", "";
    Choices Down ["down"] "answer below", "One answer down", "";
    Choices Top ["home"] "first answer", "To the first answer", "";
    Choices Bottom ["end"] "last answer", "To the last answer", "";
    Dialog Copy ["f3" "ctrl-y"] "copy the form's command", "Close what is shown, and copy the command of the form behind it", "";
    Dialog Up ["up"] "row above", "One row up", "";
    Dialog Down ["down"] "row below", "One row down", "";
    Dialog PageUp ["pgup"] "page above", "A page up", "";
    Dialog PageDown ["pgdn"] "page below", "A page down", "";
};

/// The action bound to a key in the first of the places that has one.
pub fn action_for(key: Key, places: &[Place]) -> Option<Action> {
    places.iter().find_map(|place| {
        BINDINGS
            .iter()
            .find(|b| b.place == *place && b.keys.iter().any(|k| Key::parse(k) == Some(key)))
            .map(|b| b.action)
    })
}

/// The keys of a binding, for the help screen: `Tab, Enter`.
pub fn keys_shown(binding: &Binding) -> String {
    binding
        .keys
        .iter()
        .filter_map(|k| Key::parse(k))
        .map(|k| k.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The hint line for these places: `Enter fill in  / filter  ...`, as pairs of key and word.
/// Where characters are text (`as_text`), only keys that type none are offered.
pub fn hints(places: &[Place], as_text: bool) -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &'static str)> = Vec::new();
    for place in places {
        let of_place = BINDINGS.iter().filter(|b| b.place == *place);
        for binding in of_place.filter(|b| !b.hint.is_empty()) {
            let mut keys = binding.keys.iter().filter_map(|k| Key::parse(k));
            // A key that a nearer place has is not this one's here.
            let own = |k: &Key| {
                (!as_text || k.text().is_none()) && action_for(*k, places) == Some(binding.action)
            };
            if let Some(key) = keys.find(own) {
                found.push((key.to_string(), binding.hint));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_reads_and_no_place_binds_one_twice() {
        let mut seen: Vec<(Place, Key)> = Vec::new();
        for binding in BINDINGS {
            for name in binding.keys {
                let key = Key::parse(name).unwrap_or_else(|| panic!("{name}"));
                assert!(
                    !seen.contains(&(binding.place, key)),
                    "{:?} {name}",
                    binding.place
                );
                seen.push((binding.place, key));
            }
        }
    }

    #[test]
    fn the_nearer_place_wins() {
        let tab = Key::parse("tab").expect("reads");
        assert_eq!(
            action_for(tab, &[Place::Form, Place::Anywhere]),
            Some(Action::NextField)
        );
        assert_eq!(
            action_for(tab, &[Place::Topology, Place::Anywhere]),
            Some(Action::NextPane)
        );
    }
}
