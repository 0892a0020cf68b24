//! Scalars of the API that GraphQL itself does not have. The settings of storages are made of them too, since each
//! provider's are the input and the output of the API.

use std::borrow::Cow;

use async_graphql::{
    Description, InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value,
    registry::{MetaType, MetaTypeId, Registry},
};
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// A whole number of 64 bits as a string of decimal digits: GraphQL's Int ends at 2^31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Description)]
pub struct BigInt(pub i64);

#[Scalar(name = "BigInt", use_type_description)]
impl ScalarType for BigInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(digits) => Ok(Self(digits.parse()?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An absolute URL, such as `https://example.com/path`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Description)]
#[serde(transparent)]
pub struct Url(pub String);

#[Scalar(name = "URL", specified_by_url = "https://url.spec.whatwg.org/", use_type_description)]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if url::Url::parse(text.trim()).is_ok() => Ok(Self(text)),
            // Without the value: somebody may have put a password into it.
            _ => Err(InputValueError::custom("It is not an absolute URL, such as https://example.com.")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl<T: Into<String>> From<T> for Url {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

/// The name of the scalar for secrets.
const SECRET: &str = "Secret";

/// A secret is an input alone: there is no way to put one out.
impl InputType for Secret {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        SECRET.into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Scalar, |_| MetaType::Scalar {
            name: SECRET.to_owned(),
            description: Some("A text that goes in and never comes out.".to_owned()),
            is_valid: Some(std::sync::Arc::new(|value| matches!(value, Value::String(_)))),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            specified_by_url: None,
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value {
            Some(Value::String(text)) => Ok(Self::new(text)),
            // Without the value.
            _ => Err(InputValueError::custom("A secret is a string.")),
        }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(self)
    }
}
