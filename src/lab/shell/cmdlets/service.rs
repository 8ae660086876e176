//! A service as Get-CsService and Get-CsTrunk show it.

use crate::lab::deployment::{Deployment, Service};
use crate::lab::shell::value::{Object, Value, View};

/// A service with the properties of its role, then those that all have.
pub fn describe(deployment: &Deployment, service: &Service) -> Object {
    let mut object = Object::new().with("Identity", service.identity());
    match service.role() {
        "EdgeServer" => object = edge(object, deployment, service),
        "PstnGateway" => object = gateway(object, deployment, service),
        "FileStore" => object = object.with("ShareName", service.share.clone()),
        _ => {
            for role in [
                "Registrar",
                "UserServices",
                "WebServices",
                "ConfServices",
                "FileStore",
                "EdgeServer",
                "MonitoringStore",
                "ArchivingStore",
            ] {
                if let Some(needed) = deployment.needed(service, role) {
                    let name = needed.split(':').next().unwrap_or(role).to_owned();
                    object = object.with(&name, needed.as_str());
                }
            }
            if let Some(instance) = &service.instance {
                object = object.with("SqlInstanceName", instance.as_str());
            }
        }
    }
    let (site, role, instance) = &service.key;
    let role_name = if role == "PstnGateway" {
        "PSTNGateway"
    } else {
        role
    };
    object
        .with("DependentServiceList", deployment.dependents(service))
        .with("ServiceId", format!("{site}-{role_name}-{instance}"))
        .with("SiteId", deployment.site_identity(site))
        .with("PoolFqdn", service.pool.as_str())
        .with("Version", service.version)
        .with(
            "Role",
            if role == "PstnGateway" {
                "PSTNGateway"
            } else {
                service.role()
            },
        )
        .shown(View::List)
}

fn edge(object: Object, deployment: &Deployment, service: &Service) -> Object {
    let number =
        |owner: &str, usage: &str, side: &str| service.port(owner, usage, side).map(|p| p.port);
    let name = |owner: &str, usage: &str| {
        service
            .port(owner, usage, "External")
            .and_then(|p| p.fqdn.clone())
    };
    let turn = |side: &str, protocol: &str| {
        let mut ports = service
            .ports
            .iter()
            .filter(|p| p.usage == "TURNServer" && p.side == side);
        ports.find(|p| p.protocol == protocol).map(|p| p.port)
    };
    let media = service.port("MediaRelayEdge", "MediaCommunication", "External");
    object
        .with("Registrar", deployment.needed(service, "Registrar"))
        .with(
            "AccessEdgeInternalSipPort",
            number(":AccessEdge", "SipServer", "Internal"),
        )
        .with(
            "AccessEdgeExternalSipPort",
            number(":AccessEdge", "SipServer", "External"),
        )
        .with(
            "AccessEdgeClientSipPort",
            number(":AccessEdge", "SipClient", "External"),
        )
        .with(
            "DataPsomServerPort",
            number(":DataEdge", "PsomServer", "Internal"),
        )
        .with(
            "DataPsomClientPort",
            number(":DataEdge", "PsomClient", "External"),
        )
        .with(
            "MediaRelayAuthEdgePort",
            number("AuthenticationEdge", "SipServer", "Internal"),
        )
        .with("MediaRelayInternalTurnTcpPort", turn("Internal", "Tcp"))
        .with("MediaRelayExternalTurnTcpPort", turn("External", "Tcp"))
        .with("MediaRelayInternalTurnUdpPort", turn("Internal", "Udp"))
        .with("MediaRelayExternalTurnUdpPort", turn("External", "Udp"))
        .with("MediaCommunicationPortStart", media.map(|p| p.port))
        .with("MediaCommunicationPortCount", media.and_then(|p| p.range))
        .with("AccessEdgeExternalFqdn", name(":AccessEdge", "SipClient"))
        .with("DataEdgeExternalFqdn", name(":DataEdge", "PsomClient"))
        .with("AVEdgeExternalFqdn", name("MediaRelayEdge", "TURNServer"))
        .with("InternalInterfaceFqdn", service.pool.as_str())
        .with("ExternalMrasFqdn", name("MediaRelayEdge", "TURNServer"))
}

fn gateway(object: Object, deployment: &Deployment, service: &Service) -> Object {
    let port = |protocol: &str| {
        service
            .ports
            .iter()
            .find(|p| p.protocol == protocol)
            .map(|p| p.port)
    };
    let mediation = service.needs.iter().find(|k| k.1 == "MediationServer");
    let mediation = mediation.and_then(|key| deployment.services.iter().find(|s| s.key == *key));
    // The Mediation Server listens with the protocol that the trunk speaks.
    let listens = |protocol: &str| {
        port(protocol)?;
        mediation?
            .ports
            .iter()
            .find(|p| p.usage == "SipClient" && p.protocol == protocol)
            .map(|p| p.port)
    };
    object
        .with("MediationServer", mediation.map(Service::identity))
        .with("MediationServerSipClientTcpPort", listens("Tcp"))
        .with("MediationServerSipClientTlsPort", listens("Tls"))
        .with("GatewaySipClientTcpPort", port("Tcp"))
        .with("GatewaySipClientTlsPort", port("Tls"))
        .with("RepresentativeMediaIP", Value::Null)
        .with("AlternateByPassId", Value::Null)
        .with("Default", service.key.2 == "1")
        .with("Routable", true)
}
