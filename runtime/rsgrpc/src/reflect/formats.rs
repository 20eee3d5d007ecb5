//! Dynamic messages as text: JSON and text format.

/// In JSON.
#[cfg(feature = "json")]
mod json {
    use super::super::{DynamicMessage, MessageDescriptor};
    use crate::json::{Error, Parser, Printer, complete};
    use crate::registry::Known;

    impl DynamicMessage {
        /// Reads JSON; see [`Message::from_json`](crate::Message::from_json).
        ///
        /// # Errors
        /// As there.
        pub fn from_json(descriptor: MessageDescriptor, json: &str) -> Result<Self, Error> {
            Self::parse_json(descriptor, json, &Parser::new())
        }

        /// The same with options. What an `Any` holds is looked for in the parser's registry, then in the pool.
        ///
        /// # Errors
        /// As for [`from_json`](Self::from_json).
        pub fn parse_json(
            descriptor: MessageDescriptor,
            json: &str,
            parser: &Parser<'_>,
        ) -> Result<Self, Error> {
            let pool = descriptor.pool().clone();
            let known = Known::of(parser.registry).with(pool.types());
            let of = descriptor.clone();
            let mut body = Default::default();
            parser.fill(
                &mut crate::dynamic::Filling { types: of.pool().types(), of: of.of(), body: &mut body },
                json,
                known,
            )?;
            let message = Self { descriptor, body };
            complete(message.showing(), json)?;
            Ok(message)
        }

        /// Writes JSON, in one line; see [`Message::to_json`](crate::Message::to_json).
        ///
        /// # Errors
        /// As there.
        pub fn to_json(&self) -> Result<String, Error> {
            self.print_json(&Printer::new())
        }

        /// The same with options. What an `Any` holds is looked for in the printer's registry, then in the pool.
        ///
        /// # Errors
        /// As for [`to_json`](Self::to_json).
        pub fn print_json(&self, printer: &Printer<'_>) -> Result<String, Error> {
            let known = Known::of(printer.registry).with(self.descriptor.pool().types());
            printer.print_shown(self.showing(), known)
        }
    }
}

/// In text format.
#[cfg(feature = "text")]
mod text {
    use super::super::{DynamicMessage, MessageDescriptor};
    use crate::registry::Known;
    use crate::text::{ParseError, Parser, Printer, complete};

    impl DynamicMessage {
        /// Reads a message from text format; see [`Message::from_text`](crate::Message::from_text).
        ///
        /// # Errors
        /// As there.
        pub fn from_text(descriptor: MessageDescriptor, text: &str) -> Result<Self, ParseError> {
            Self::parse_text(descriptor, text, &Parser::new())
        }

        /// The same with options. What an `Any` holds is looked for in the parser's registry, then in the pool.
        ///
        /// # Errors
        /// As for [`from_text`](Self::from_text).
        pub fn parse_text(
            descriptor: MessageDescriptor,
            text: &str,
            parser: &Parser<'_>,
        ) -> Result<Self, ParseError> {
            let of = descriptor.clone();
            let known = Known::of(parser.registry).with(of.pool().types());
            let mut body = Default::default();
            parser.fill(
                &mut crate::dynamic::Filling { types: of.pool().types(), of: of.of(), body: &mut body },
                text,
                known,
            )?;
            let message = Self { descriptor, body };
            complete(message.showing(), text)?;
            Ok(message)
        }

        /// Prints the message in text format, a line for each value.
        #[must_use]
        pub fn to_text(&self) -> String {
            self.print_text(&Printer::new())
        }

        /// The same with options. What an `Any` holds is looked for in the printer's registry, then in the pool.
        #[must_use]
        pub fn print_text(&self, printer: &Printer<'_>) -> String {
            let known = Known::of(printer.registry).with(self.descriptor.pool().types());
            printer.print_shown(self.showing(), known)
        }
    }
}
