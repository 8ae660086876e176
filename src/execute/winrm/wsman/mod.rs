//! WS-Management: envelopes, answers, faults (MS-WSMV, DSP0226).
