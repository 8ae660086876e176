//! From an envelope to a sealed body and back.

use super::error::WireError;
use super::http::Answer;
use super::login::{failed, setup};
use super::sealed;
use super::settings::Settings;
use crate::execute::winrm::auth::{AuthError, Mechanism};

/// Seals a body; `Content-Type` and bytes.
pub(super) fn seal(
    settings: &Settings,
    mechanism: &mut dyn Mechanism,
    body: &[u8],
) -> Result<(String, Vec<u8>), WireError> {
    let Some(protocol) = mechanism.sealing() else {
        return Err(failed(settings, "it cannot seal"));
    };
    let size = mechanism.longest_piece().max(1);
    let pieces = body
        .chunks(size)
        .map(|piece| Ok((mechanism.seal(piece)?, piece.len())))
        .collect::<Result<Vec<_>, AuthError>>()
        .map_err(|e| setup(settings, e))?;
    Ok((
        sealed::content_type(protocol, pieces.len()),
        sealed::write(protocol, &pieces),
    ))
}

/// Opens a sealed answer.
pub(super) fn unseal(
    settings: &Settings,
    mechanism: &mut dyn Mechanism,
    answer: &Answer,
) -> Result<Vec<u8>, WireError> {
    let wrong = |reason: String| WireError::Unsealed {
        address: settings.address(),
        reason,
    };
    let protocol = mechanism.sealing().unwrap_or_default();
    let body = &answer.body;
    let pieces = sealed::parse(answer.content_type(), protocol, body).map_err(|e| {
        wrong(format!(
            "{e} (HTTP {}, {} bytes)",
            answer.status,
            body.len()
        ))
    })?;
    let mut out = Vec::new();
    for piece in pieces {
        let opened = mechanism
            .unseal(&body[piece.header.clone()], &body[piece.body.clone()])
            .map_err(|e| wrong(format!("its seal is not right ({e})")))?;
        if !piece.fits(opened.len()) {
            return Err(wrong(format!(
                "it says it holds {} bytes and holds {}",
                piece.length,
                opened.len()
            )));
        }
        if out.is_empty() {
            out = opened;
        } else {
            out.extend_from_slice(&opened);
        }
    }
    Ok(out)
}
