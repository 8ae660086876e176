use super::*;
use crate::lab::LabTransport;

const WAYS: &str = "[[target]]\nname = \"gw\"\ntransport = \"ssh\"\naddress = \"gw\"\nuser = \"a\"\n[[target]]\nname = \"fe01\"\ntransport = \"ssh\"\naddress = \"fe01\"\nuser = \"a\"\njump = \"edge\"\n[[target]]\nname = \"edge\"\ntransport = \"ssh\"\naddress = \"edge\"\nuser = \"a\"\njump = \"GW\"\n[[target]]\nname = \"here\"\ntransport = \"local\"\n";

#[test]
fn what_leads_through_a_target_is_let_go_with_it() {
    let home = tempfile::tempdir().expect("folder");
    std::fs::write(home.path().join("targets.toml"), WAYS).expect("writes");
    let paths = Paths::at(home.path(), home.path().join("data"));
    let app = App::at(paths, false).expect("opens");
    let made = |name: &str| {
        let target = app.target(name).expect("is there");
        // A transport is kept whatever it would lead to; nothing connects.
        let transport: Arc<dyn Transport> =
            Arc::new(LabTransport::new(app.paths.lab(), app.asker()));
        app.transports
            .lock()
            .expect("unpoisoned")
            .insert(target.name.clone(), (target.clone(), transport));
    };
    ["gw", "fe01", "edge", "here"].into_iter().for_each(made);
    app.forget("GW");
    let kept: Vec<String> = app
        .transports
        .lock()
        .expect("unpoisoned")
        .keys()
        .cloned()
        .collect();
    assert_eq!(kept, ["here"]);
}

#[test]
fn in_a_profile_a_target_has_the_profiles_known_hosts() {
    let home = tempfile::tempdir().expect("folder");
    let base = Paths::at(home.path().join("config"), home.path().join("data"));
    crate::store::profile::add(&base, "kestrel", Some("Kestrel Ltd")).expect("adds");
    let target = Target::lab();
    let app = App::at(base.clone(), true).expect("opens");
    assert_eq!(app.connected(&target), target);
    assert_eq!(app.customer(), None);
    let app = App::at(base.in_profile("kestrel").expect("is there"), true).expect("opens");
    assert_eq!(app.connected(&target).known_hosts, app.paths.known_hosts());
    let own = Target {
        known_hosts: Some("/own".into()),
        ..target
    };
    assert_eq!(app.connected(&own), own);
    assert_eq!(app.customer(), Some("Kestrel Ltd"));
}
