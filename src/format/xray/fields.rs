//! What a segment says beside its name and times: attributes, of it and of its resource.

use super::segment::{Document, linked_trace};
use crate::format::json::{JsonKind, JsonResult};
use crate::format::walk::Walk;
use crate::model::{OwnedValue, SpanId, TraceId, Value};

/// Fields of `http.request` and `http.response`, and the attributes that they are.
const HTTP: [(&str, &str); 8] = [
    ("method", "http.request.method"),
    ("url", "url.full"),
    ("user_agent", "user_agent.original"),
    ("client_ip", "client.address"),
    ("x_forwarded_for", "aws.xray.x_forwarded_for"),
    ("traced", "aws.xray.traced"),
    ("status", "http.response.status_code"),
    ("content_length", "http.response.body.size"),
];

/// Fields of `sql`.
const SQL: [(&str, &str); 8] = [
    ("url", "db.url"),
    ("connection_string", "db.connection_string"),
    ("sanitized_query", "db.query.text"),
    ("database_type", "db.system.name"),
    ("database_version", "db.version"),
    ("driver_version", "db.driver.version"),
    ("user", "db.user"),
    ("preparation", "db.preparation"),
];

/// Fields of the objects in `aws` that tell about the resource, by object and name.
const PLACE: [(&str, &str, &str); 20] = [
    ("ec2", "instance_id", "host.id"),
    ("ec2", "availability_zone", "cloud.availability_zone"),
    ("ec2", "instance_size", "host.type"),
    ("ec2", "ami_id", "host.image.id"),
    ("ecs", "container", "container.name"),
    ("ecs", "container_id", "container.id"),
    ("ecs", "container_arn", "aws.ecs.container.arn"),
    ("ecs", "cluster_arn", "aws.ecs.cluster.arn"),
    ("ecs", "task_arn", "aws.ecs.task.arn"),
    ("ecs", "task_family", "aws.ecs.task.family"),
    ("ecs", "launch_type", "aws.ecs.launchtype"),
    ("eks", "cluster_name", "k8s.cluster.name"),
    ("eks", "pod", "k8s.pod.name"),
    ("eks", "container_id", "container.id"),
    (
        "elastic_beanstalk",
        "environment_name",
        "deployment.environment.name",
    ),
    ("elastic_beanstalk", "deployment_id", "service.instance.id"),
    ("elastic_beanstalk", "version_label", "service.version"),
    ("xray", "sdk", "telemetry.sdk.name"),
    ("xray", "sdk_version", "telemetry.sdk.version"),
    (
        "xray",
        "auto_instrumentation",
        "telemetry.auto.instrumentation",
    ),
];

/// Where a segment ran, by its origin.
const PLATFORMS: [(&str, &str); 6] = [
    ("AWS::EC2", "aws_ec2"),
    ("AWS::ECS", "aws_ecs"),
    ("AWS::EKS", "aws_eks"),
    ("AWS::Lambda", "aws_lambda"),
    ("AWS::ElasticBeanstalk", "aws_elastic_beanstalk"),
    ("AWS::AppRunner", "aws_app_runner"),
];

fn known<'t>(table: &[(&str, &'t str)], key: &str) -> Option<&'t str> {
    table
        .iter()
        .find(|(name, _)| *name == key)
        .map(|&(_, attribute)| attribute)
}

impl Walk<'_, '_, Document> {
    /// A field of the segment at hand. One that nobody knows is left alone.
    pub(super) fn field(&mut self, key: &str) -> JsonResult<()> {
        match key {
            "http" => self.object(|walk, part| match part {
                "request" | "response" => walk.object(Self::http),
                _ => Ok(()),
            }),
            "sql" => self.object(|walk, key| match known(&SQL, key) {
                Some(name) => walk.keep(name),
                None => walk.keep(&format!("aws.xray.sql.{key}")),
            }),
            "aws" => self.object(Self::aws),
            "cause" => self.cause(),
            "annotations" => self.annotations(),
            "metadata" => self.object(Self::metadata),
            "links" => self.items(Self::xray_link),
            "service" => self.object(|walk, key| match key {
                "version" => walk.keep_of_resource("service.version"),
                "runtime" => walk.keep_of_resource("process.runtime.name"),
                "runtime_version" => walk.keep_of_resource("process.runtime.version"),
                _ => walk.keep_of_resource(&format!("aws.xray.service.{key}")),
            }),
            "origin" => self.origin(),
            "resource_arn" => self.keep_of_resource("cloud.resource_id"),
            "user" => self.keep("enduser.id"),
            "inferred" => self.keep("aws.xray.inferred"),
            "precursor_ids" => self.keep("aws.xray.precursor_ids"),
            _ => Ok(()),
        }
    }

    fn keep(&mut self, name: &str) -> JsonResult<()> {
        let pair = self.attribute(name)?;
        self.state.push(pair);
        Ok(())
    }

    /// Subsegments inherit the resource of their segment, so that what they say stays with them.
    fn keep_of_resource(&mut self, name: &str) -> JsonResult<()> {
        if self.state.at > 0 {
            return self.keep(name);
        }
        let pair = self.attribute(name)?;
        self.state.resource.push(pair);
        Ok(())
    }

    fn http(&mut self, key: &str) -> JsonResult<()> {
        if key == "client_ip"
            && let Some(segment) = self.state.segment()
        {
            segment.is_called = true;
        }
        // The length is -1 where it is not known.
        if key == "content_length" {
            let length = self.json.clone().integer().unwrap_or(-1);
            if length < 0 {
                return Ok(());
            }
        }
        match known(&HTTP, key) {
            Some(name) => self.keep(name),
            None => self.keep(&format!("aws.xray.http.{key}")),
        }
    }

    fn aws(&mut self, key: &str) -> JsonResult<()> {
        match (key, self.json.peek()?) {
            ("account_id", _) => self.keep_of_resource("cloud.account.id"),
            ("cloudwatch_logs", _) => self.keep_of_resource("aws.log.groups"),
            (place, JsonKind::Object) => self.object(|walk, key| {
                let known = PLACE
                    .iter()
                    .find(|(object, name, _)| (*object, *name) == (place, key));
                match known {
                    Some((_, _, name)) => walk.keep_of_resource(name),
                    None => walk.keep_of_resource(&format!("aws.{place}.{key}")),
                }
            }),
            _ => self.keep(&format!("aws.{key}")),
        }
    }

    /// What the application wants to search by, and which keys these are.
    fn annotations(&mut self) -> JsonResult<()> {
        let mut keys = Vec::new();
        self.object(|walk, key| {
            keys.push(OwnedValue::Str(key.to_owned()));
            walk.keep(key)
        })?;
        if !keys.is_empty() {
            let builder = &mut *self.out.builder;
            let pair = OwnedValue::Array(keys)
                .with(|keys| builder.attribute("aws.xray.annotations", keys));
            self.state.push(pair);
        }
        Ok(())
    }

    /// Metadata of one namespace. OpenTelemetry's exporter keeps resource attributes in it.
    fn metadata(&mut self, namespace: &str) -> JsonResult<()> {
        if namespace != "default" || self.json.peek()? != JsonKind::Object {
            return self.keep(&format!("aws.xray.metadata.{namespace}"));
        }
        self.object(|walk, key| match key.strip_prefix("otel.resource.") {
            Some("service.name") => Ok(()),
            Some(name) => walk.keep_of_resource(name),
            None => walk.keep(&format!("aws.xray.metadata.default.{key}")),
        })
    }

    fn origin(&mut self) -> JsonResult<()> {
        let origin = self.json.clone().string()?;
        let platform = PLATFORMS
            .iter()
            .find(|(prefix, _)| origin.starts_with(prefix));
        if let Some((_, platform)) = platform {
            let pair = self
                .out
                .builder
                .attribute("cloud.platform", Value::Str(platform));
            self.state.resource.push(pair);
        }
        self.keep("aws.xray.origin")
    }

    fn xray_link(&mut self) -> JsonResult<()> {
        let (mut trace_id, mut span_id) = (TraceId(0), SpanId(0));
        let mut pairs = std::mem::take(&mut self.state.pairs);
        pairs.clear();
        let result = self.object(|walk, key| {
            match key {
                "trace_id" => trace_id = linked_trace(&walk.json.string()?),
                "id" => span_id = walk.json.string()?.parse().unwrap_or_default(),
                "attributes" => walk.attributes(&mut pairs)?,
                _ => {}
            }
            Ok(())
        });
        if let Some(draft) = self.state.draft() {
            draft.link(trace_id, span_id, &pairs, 0);
        }
        self.state.pairs = pairs;
        result
    }
}
