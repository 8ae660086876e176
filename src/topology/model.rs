//! The one model both containers are read into.

/// A deployment as one document describes it.
///
/// Order is canonical, not the document's: sites by id, pools by site and cluster number,
/// machines by ordinal, services by site, role and instance, SQL instances by pool and name.
/// Domains and simple URLs keep the document's order. Two documents of one deployment therefore
/// give equal lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Topology {
    /// Which container the document was.
    pub source: SourceKind,
    /// Signature of the document, a GUID that changes with each published change.
    pub signature: Option<String>,
    /// Central and branch sites.
    pub sites: Vec<Site>,
    /// All clusters: a pool, a single server, a SQL box, a file server and a gateway alike.
    pub pools: Vec<Pool>,
    /// Services (role instances) with what they are installed on.
    pub services: Vec<Service>,
    /// SQL instances.
    pub sql_instances: Vec<SqlInstance>,
    /// File shares, one per FileStore service.
    pub file_stores: Vec<FileStore>,
    /// Trunks, one per PstnGateway service (a gateway may have many).
    pub trunks: Vec<Trunk>,
    /// SIP domains (`InternalDomain` in the document; not Active Directory domains).
    pub sip_domains: Vec<String>,
    /// The default SIP domain.
    pub default_sip_domain: Option<String>,
    /// Simple URLs; `None` when the container does not hold them (the published form never does).
    pub simple_urls: Option<Vec<SimpleUrl>>,
    /// Elements that were not understood, in document order, at most 1,000.
    pub unknown: Vec<Unknown>,
    /// Contradictions in the document (dangling references, doubled ids, bad numbers), at most
    /// 1,000.
    pub problems: Vec<Problem>,
}

/// Which container a topology was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// `Get-CsTopology -AsXml`: what is in force.
    Published,
    /// A Topology Builder file: what somebody edits. It carries no service instance numbers, so
    /// [`Service::id`] is derived there, counting per site and role in document order; numbers
    /// of the published document may have gaps and then differ.
    Builder,
}

/// An element that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Local name of the element.
    pub element: String,
    /// Line in the document, from 1.
    pub line: u32,
}

/// A contradiction found in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the document, from 1.
    pub line: u32,
    /// What is wrong, in one line; may quote the document.
    pub text: String,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The SiteId, a small number as text. Not the name.
    pub id: String,
    /// The site's name.
    pub name: String,
    /// Central or branch.
    pub kind: SiteKind,
    /// SiteId of the central site a branch belongs to.
    pub parent: Option<String>,
    /// Where it is; often left empty.
    pub location: Location,
}

/// Where a site is; every part may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// City.
    pub city: String,
    /// State or province.
    pub state: String,
    /// Two-letter country code.
    pub country: String,
}

/// Kind of site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SiteKind {
    /// A site of its own.
    Central,
    /// A branch of a central site (`RemoteSite` in the documents).
    Branch,
}

/// A cluster: a pool of equal machines, or one server by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// FQDN of the pool, in the document's case; compare ignoring case.
    pub fqdn: String,
    /// SiteId.
    pub site: String,
    /// Number of the cluster in its site; `None` for one that was never published.
    pub number: Option<u32>,
    /// Its machines hold a replica of the Central Management store.
    pub requires_replication: bool,
    /// Its machines need the product's setup.
    pub requires_setup: bool,
    /// The machines; a single server is one machine of the pool's name.
    pub machines: Vec<Machine>,
}

/// A machine of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// FQDN, in the document's case.
    pub fqdn: String,
    /// Place in the cluster, from 1.
    pub ordinal: Option<u32>,
    /// Windows Fabric fault domain.
    pub fault_domain: Option<String>,
    /// Windows Fabric upgrade domain.
    pub upgrade_domain: Option<String>,
    /// Network interfaces.
    pub interfaces: Vec<NetInterface>,
}

/// A network interface of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetInterface {
    /// Side: Primary, Internal, External or Pstn.
    pub side: String,
    /// Number of the interface on that side.
    pub number: Option<u32>,
    /// IP address; `0.0.0.0` means any address of the machine.
    pub address: String,
    /// Public address behind NAT.
    pub configured_address: Option<String>,
}

/// A role instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `<SiteId>-<RoleName>-<Instance>`, e.g. `1-UserServices-1`; see [`SourceKind::Builder`].
    pub id: String,
    /// RoleName of the XML, e.g. `UserServices`.
    pub role: String,
    /// Instance number, the last part of the id.
    pub instance: Option<u32>,
    /// FQDN of the pool it is installed on, also through a SQL instance; `None` when the
    /// document does not hold that pool.
    pub pool: Option<String>,
    /// Name of the SQL instance it is installed on; empty for a default instance.
    pub sql_instance: Option<String>,
    /// SiteId.
    pub site: String,
    /// ServiceVersion: 5 Lync 2010, 6 Lync 2013, 7 Skype for Business 2015, 8 2019.
    pub version: Option<u32>,
    /// RoleVersion.
    pub role_version: Option<u32>,
    /// Ids of the services it depends on. The graph has cycles. An id the document does not
    /// define stays as written.
    pub depends_on: Vec<String>,
    /// Listening ports and port ranges.
    pub ports: Vec<Port>,
    /// A Registrar that is a Director.
    pub is_director: bool,
    /// For CentralMgmt: whether this is the live Central Management server.
    pub cms_active: Option<bool>,
    /// Attributes of the role's own element (ShareName, DiscoveryUrl, ...) and the external web
    /// services' `Host`, as written.
    pub settings: Vec<(String, String)>,
}

/// A port or a range of ports of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Component, e.g. `urn:component:Registrar` or `urn:application:RGS`.
    pub owner: String,
    /// What it is for, e.g. SipServer, WebSite, Replication.
    pub usage: String,
    /// Interface side: Primary, Internal, External or Pstn.
    pub side: String,
    /// First port; `None` when the document's number is missing or no port number.
    pub port: Option<u16>,
    /// How many ports from `port` on, for media.
    pub range: Option<u32>,
    /// Mtls, Tls, Tcp, Udp, TcpOrUdp, Http or Https.
    pub protocol: String,
    /// URL path for web ports, else `/`.
    pub url_path: String,
    /// Whether requests are authorised.
    pub authorizes: bool,
    /// GRUU type of a SIP application.
    pub gruu_type: Option<String>,
    /// Port the outside world uses, when a proxy translates.
    pub configured_port: Option<u16>,
    /// FQDN the outside world uses.
    pub configured_fqdn: Option<String>,
}

/// A SQL instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlInstance {
    /// FQDN of the SQL server's cluster.
    pub fqdn: String,
    /// Instance name; empty for the default instance.
    pub name: String,
}

/// A file share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStore {
    /// Id of the FileStore service.
    pub service: String,
    /// FQDN of the cluster that holds the share.
    pub pool: String,
    /// Share name.
    pub share: String,
    /// `\\<pool>\<share>`.
    pub unc: String,
}

/// A trunk: the link from a Mediation server to a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Id of the PstnGateway service.
    pub service: String,
    /// FQDN of the gateway.
    pub gateway: Option<String>,
    /// Id of the MediationServer service on the other end.
    pub mediation_service: Option<String>,
    /// FQDN of the Mediation pool on the other end.
    pub mediation_pool: Option<String>,
    /// SiteId.
    pub site: String,
    /// Ports the gateway listens on.
    pub ports: Vec<Port>,
}

/// A simple URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimpleUrl {
    /// Dialin, Meet or Cscp.
    pub component: String,
    /// SIP domain it serves; `*` for all.
    pub domain: String,
    /// The URL in use.
    pub active_url: String,
}
