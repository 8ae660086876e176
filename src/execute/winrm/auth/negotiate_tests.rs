use sspi::ServerRequestFlags;

use super::*;

const PASSWORD: &str = "pä$$ wörd";

/// The other side, which sspi has too.
struct Server {
    ntlm: Ntlm,
    identity: Option<AuthIdentityBuffers>,
}

impl Server {
    fn new(user: &str, domain: &str, password: &str) -> Server {
        Server {
            ntlm: Ntlm::new(),
            identity: Some(AuthIdentityBuffers::from_utf8(user, domain, password)),
        }
    }

    fn step(&mut self, token: &[u8]) -> Vec<u8> {
        let mut input = [SecurityBuffer::new(token.to_vec(), BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let builder = self
            .ntlm
            .accept_security_context()
            .with_credentials_handle(&mut self.identity)
            .with_context_requirements(ServerRequestFlags::empty())
            .with_target_data_representation(DataRepresentation::Native)
            .with_input(&mut input)
            .with_output(&mut output);
        self.ntlm
            .accept_security_context_impl(builder)
            .unwrap()
            .resolve_to_result()
            .unwrap();
        let [out] = output;
        out.buffer
    }
}

fn login(user: &str) -> NtlmLogin {
    NtlmLogin::new("Negotiate", user, &Secret::new(PASSWORD.into()), None).unwrap()
}

/// A log-in and its server, through all legs.
fn pair(user: &str, account: &str, domain: &str) -> (NtlmLogin, Server) {
    let mut client = login(user);
    let mut server = Server::new(account, domain, PASSWORD);
    let first = client.next(None).unwrap().unwrap();
    assert!(!client.is_done());
    let challenge = server.step(&first);
    let last = client.next(Some(&challenge)).unwrap().unwrap();
    assert!(client.is_done() && client.may_be_last() && client.proved());
    server.step(&last);
    (client, server)
}

#[test]
fn every_spelling_of_a_user_logs_in_and_seals_both_ways() {
    for (user, account, domain) in [
        ("ops", "ops", ""),
        ("KESTREL\\ops", "ops", "KESTREL"),
        (".\\ops", "ops", "."),
        ("ops@kestrel.lan", "ops@kestrel.lan", ""),
        ("KESTREL\\Jörg Öst", "Jörg Öst", "KESTREL"),
    ] {
        let (mut client, mut server) = pair(user, account, domain);
        server.ntlm.complete_auth_token(&mut []).unwrap();
        // In order, and of different lengths: the state of RC4 goes on from body to body.
        for body in [&b"one"[..], b"", &[7; 5000], b"four"] {
            let mut sealed = client.seal(body).unwrap();
            assert!(body.is_empty() || sealed.body != body, "{user}");
            let mut buffers = [
                SecurityBufferRef::token_buf(&mut sealed.header),
                SecurityBufferRef::data_buf(&mut sealed.body),
            ];
            server.ntlm.decrypt_message(&mut buffers).unwrap();
            assert_eq!(sealed.body, body, "{user}");

            let mut header = vec![0; SIGNATURE];
            let mut answer = body.to_vec();
            let mut buffers = [
                SecurityBufferRef::token_buf(&mut header),
                SecurityBufferRef::data_buf(&mut answer),
            ];
            server
                .ntlm
                .encrypt_message(EncryptionFlags::empty(), &mut buffers)
                .unwrap();
            assert_eq!(client.unseal(&header, &answer).unwrap(), body, "{user}");
        }
    }
}

#[test]
fn one_flipped_bit_is_seen() {
    let (mut client, mut server) = pair("ops", "ops", "");
    server.ntlm.complete_auth_token(&mut []).unwrap();
    let mut header = vec![0; SIGNATURE];
    let mut answer = b"<s:Envelope/>".to_vec();
    let mut buffers = [
        SecurityBufferRef::token_buf(&mut header),
        SecurityBufferRef::data_buf(&mut answer),
    ];
    server
        .ntlm
        .encrypt_message(EncryptionFlags::empty(), &mut buffers)
        .unwrap();
    answer[3] ^= 1;
    assert!(client.unseal(&header, &answer).is_err());
}

#[test]
fn a_challenge_without_sealing_is_refused_before_the_proof() {
    let mut server = Server::new("ops", "", PASSWORD);
    let first = login("ops").next(None).unwrap().unwrap();
    let good = server.step(&first);
    for bit in [4, 5, 19, 29, 30] {
        let mut client = login("ops");
        client.next(None).unwrap();
        let mut weak = good.clone();
        weak[20 + bit / 8] &= !(1 << (bit % 8));
        let refused = client.next(Some(&weak)).unwrap_err();
        assert!(refused.to_string().contains("does not agree to sealing"));
        assert!(!client.proved());
    }
}

#[test]
fn what_is_no_challenge_is_refused() {
    for nonsense in [&b""[..], b"NTLMSSP\0", &[0xff; 64], b"NTLMSSP\0\x03\0\0\0"] {
        let mut client = login("ops");
        client.next(None).unwrap();
        assert!(client.next(Some(nonsense)).is_err());
    }
    let mut client = login("ops");
    assert!(client.next(Some(b"too early")).is_err());
}

#[test]
fn a_name_that_is_none_is_told() {
    let secret = Secret::new(PASSWORD.into());
    for user in ["", "KESTREL\\", "a\\b\\c"] {
        let refused = NtlmLogin::new("Negotiate", user, &secret, None)
            .err()
            .unwrap();
        assert!(refused.to_string().contains("is no user name"), "{user:?}");
    }
}

proptest::proptest! {
    /// Whatever the server sends for a challenge, the answer is an answer.
    #[test]
    fn hostile_challenges_do_not_panic(rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), flags: u32) {
        let mut client = login("ops");
        client.next(None).unwrap();
        let mut token = b"NTLMSSP\0\x02\0\0\0".to_vec();
        token.extend_from_slice(&rest);
        if token.len() >= 24 {
            token[20..24].copy_from_slice(&(flags | NEEDED).to_le_bytes());
        }
        let _ = client.next(Some(&token));
    }
}
