use super::*;
use crate::execute::ask::Nobody;
use crate::execute::target::TransportKind;

fn plan(target: Target) -> Result<Plan, TransportError> {
    let around = Surroundings {
        home: Some("/home/ops".into()),
        user: Some("ops".into()),
        agent: None,
    };
    made(&target, &around)
}

fn made(target: &Target, around: &Surroundings) -> Result<Plan, TransportError> {
    let asker: Arc<dyn Asker> = Arc::new(Nobody);
    Plan::within(target, &[], &Arc::default(), &asker, around)
}

fn target(address: &str) -> Target {
    Target {
        name: "fe01".into(),
        transport: TransportKind::Ssh,
        address: address.into(),
        ..Target::lab()
    }
}

#[test]
fn a_bare_target_takes_the_usual_places() {
    let plan = plan(target("FE01.kestrel.lan")).ok().unwrap();
    assert_eq!(plan.address, "FE01.kestrel.lan:22");
    assert_eq!(plan.pattern, "fe01.kestrel.lan");
    assert_eq!(plan.user, "ops");
    assert_eq!(plan.known_hosts, Path::new("/home/ops/.ssh/known_hosts"));
    assert_eq!(plan.keys, Keys::Usual(vec![]));
    assert!(plan.command.starts_with("powershell -NoLogo "));
}

#[test]
fn a_full_target_is_taken_at_its_word() {
    let plan = plan(Target {
        user: Some("kestrel\\ops".into()),
        identity_file: Some("~/keys/lync".into()),
        known_hosts: Some("/etc/csdeck/known_hosts".into()),
        powershell: Some("pwsh".into()),
        ..target("[::1]:2222")
    });
    let plan = plan.ok().unwrap();
    assert_eq!(plan.address, "[::1]:2222");
    assert_eq!(plan.pattern, "[::1]:2222");
    assert_eq!(plan.user, "kestrel\\ops");
    assert_eq!(plan.keys, Keys::Named("/home/ops/keys/lync".into()));
    assert_eq!(plan.known_hosts, Path::new("/etc/csdeck/known_hosts"));
    assert!(plan.command.starts_with("pwsh "));
}

#[test]
fn times_and_ways_are_the_targets() {
    let bare = plan(target("fe01")).ok().unwrap();
    assert_eq!(bare.limits.connect, Duration::from_secs(15));
    assert_eq!(bare.login, LoginMethod::ALL);
    let own = Target {
        connect_timeout: Some(Duration::from_secs(3)),
        login_timeout: Some(Duration::from_secs(90)),
        keepalive: Some(Duration::from_millis(500)),
        login: vec![LoginMethod::Key, LoginMethod::Password, LoginMethod::Key],
        ..target("fe01")
    };
    let own = plan(own).ok().unwrap();
    assert_eq!(own.limits.connect, Duration::from_secs(3));
    assert_eq!(own.limits.login, Duration::from_secs(90));
    assert_eq!(own.limits.keepalive, Duration::from_millis(500));
    assert_eq!(own.login, [LoginMethod::Key, LoginMethod::Password]);
    let none = Target {
        keepalive: Some(Duration::ZERO),
        ..target("fe01")
    };
    assert!(matches!(plan(none), Err(TransportError::Setup(why)) if why.contains("keepalive")));
}

#[test]
fn messages_name_the_hop() {
    let named = |name: &str| Target {
        name: name.into(),
        ..target(&format!("{name}.kestrel.lan"))
    };
    let around = Surroundings {
        home: Some("/home/ops".into()),
        user: Some("ops".into()),
        agent: None,
    };
    let asker: Arc<dyn Asker> = Arc::new(Nobody);
    let (outer, inner, fe01) = (named("outer"), named("inner"), named("fe01"));
    let plan = Plan::within(&fe01, &[&outer, &inner], &Arc::default(), &asker, &around);
    let plan = plan.ok().unwrap();
    assert_eq!(plan.address, "fe01.kestrel.lan:22 (through inner)");
    assert_eq!(plan.pattern, "fe01.kestrel.lan");
    let inner = plan.jump.as_ref().unwrap();
    assert_eq!(
        inner.address,
        "inner.kestrel.lan:22 (the jump inner on the way to fe01)"
    );
    assert!(inner.jump.as_ref().unwrap().address.contains("jump outer"));
    plan.told.set_broken(Some("the jump fell over".into()));
    assert!(
        plan.lost("x")
            .to_string()
            .contains("the jump fell over (x)")
    );
}

#[test]
fn what_is_missing_is_said() {
    let made = made(&target("fe01"), &Surroundings::default());
    assert!(matches!(made, Err(TransportError::Setup(why)) if why.contains("known_hosts")));
    assert!(matches!(plan(target("")), Err(TransportError::Setup(_))));
}
