using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

/// <summary>Reads a Deployment's pod template.</summary>
internal static class PodTemplateReader
{
    private const int LongestGracePeriodSeconds = 3_600;

    /// <summary>Reads the template of a Deployment.</summary>
    public static PodTemplate? Read(FieldCursor template, Manifest manifest)
    {
        var (labels, annotations) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        template.Read<object>("metadata", metadata =>
        {
            labels = metadata.TextMap("labels");
            annotations = metadata.TextMap("annotations");
            return metadata;
        });
        var declared = manifest.Body["spec"]?["template"] as JsonObject ?? [];
        return template.Read("spec", spec => ReadSpec(spec, labels, annotations, declared));
    }

    private static PodTemplate? ReadSpec(
        FieldCursor spec, Dictionary<string, string> labels, Dictionary<string, string> annotations, JsonObject declared)
    {
        var grace = spec.WholeNumber("terminationGracePeriodSeconds", 0, LongestGracePeriodSeconds) ?? 30;
        var account = spec.Text("serviceAccountName") ?? "default";
        spec.SkipDefault("restartPolicy", "Always");
        var containers = spec.ReadEach("containers", ContainerReader.Read);
        if (containers is not [var container])
        {
            spec.Refuse("containers", $"has {containers.Count} entries; the rehearsal runs one process a pod (the proxy is the data plane)");
            return null;
        }

        return new PodTemplate(labels, annotations, account, container, TimeSpan.FromSeconds(grace), declared);
    }
}

/// <summary>Reads a container.</summary>
internal static class ContainerReader
{
    private const int HighestPort = 65_535;
    private const int LongestSeconds = 3_600;

    /// <summary>Reads a container of a pod template.</summary>
    public static ContainerSpec Read(FieldCursor container)
    {
        var name = container.RequiredText("name");
        var image = container.RequiredText("image");
        var ports = container.ReadEach("ports", ReadPort).ToDictionary(port => port.Name, port => port.Number);
        return new ContainerSpec(
            name,
            image,
            ports,
            container.ReadEach("env", EnvironmentReader.Read),
            container.Read("startupProbe", probe => ReadProbe(probe, ports)),
            container.Read("readinessProbe", probe => ReadProbe(probe, ports)),
            container.Read("livenessProbe", probe => ReadProbe(probe, ports)),
            TimeSpan.FromSeconds(container.ReadValue("lifecycle", ReadPreStop) ?? 0));
    }

    private static (string Name, int Number) ReadPort(FieldCursor port)
    {
        port.SkipDefault("protocol", "TCP");
        var number = port.WholeNumber("containerPort", 1, HighestPort) ?? port.Missing("containerPort", 0);
        return (port.Text("name") ?? number.ToString(CultureInfo.InvariantCulture), number);
    }

    private static int ReadPreStop(FieldCursor lifecycle) => lifecycle.ReadValue(
        "preStop", hook => hook.ReadValue("sleep", sleep => sleep.WholeNumber("seconds", 0, LongestSeconds) ?? 0) ?? 0) ?? 0;

    // The defaults are the API server's (k8s.io/kubernetes pkg/apis/core/v1/defaults.go).
    private static ProbeSpec? ReadProbe(FieldCursor probe, Dictionary<string, int> ports)
    {
        var seconds = (string field, int fallback) => TimeSpan.FromSeconds(probe.WholeNumber(field, fallback == 0 ? 0 : 1, LongestSeconds) ?? fallback);
        var (delay, period, timeout) = (seconds("initialDelaySeconds", 0), seconds("periodSeconds", 10), seconds("timeoutSeconds", 1));
        var successes = probe.WholeNumber("successThreshold", 1, LongestSeconds) ?? 1;
        var failures = probe.WholeNumber("failureThreshold", 1, LongestSeconds) ?? 3;
        return probe.Read("httpGet", get => new ProbeSpec(
            Path(get), PortOf(get, ports), ReadHeaders(get), delay, period, timeout, successes, failures))
            ?? probe.Missing<ProbeSpec?>("httpGet", null);
    }

    private static string Path(FieldCursor get)
    {
        get.SkipDefault("scheme", "HTTP");
        return get.Text("path") is { Length: > 0 } path ? path : "/";
    }

    private static int PortOf(FieldCursor get, Dictionary<string, int> ports)
    {
        if (get.IsNumber("port"))
        {
            return get.WholeNumber("port", 1, HighestPort) ?? 0;
        }

        var name = get.RequiredText("port");
        if (!ports.TryGetValue(name, out var number))
        {
            get.Refuse("port", $"is \"{name}\"; the container has no port of that name");
        }

        return number;
    }

    private static Dictionary<string, string> ReadHeaders(FieldCursor get) =>
        get.ReadEach("httpHeaders", header => KeyValuePair.Create(header.RequiredText("name"), header.Text("value") ?? "")).ToDictionary();
}

/// <summary>Reads a container's variables: texts and fields of the pod; references to Secrets, ConfigMaps and resources are refused.</summary>
internal static partial class EnvironmentReader
{
    /// <summary>Reads one variable.</summary>
    public static EnvironmentVariable Read(FieldCursor variable)
    {
        var name = variable.RequiredText("name");
        var field = variable.Read("valueFrom", source => source.Read("fieldRef", ReadPath));
        return new EnvironmentVariable(name, field is null ? variable.Text("value") ?? "" : null, field);
    }

    private static string ReadPath(FieldCursor reference)
    {
        reference.SkipDefault("apiVersion", "v1");
        var path = reference.RequiredText("fieldPath");
        if (!KnownPath().IsMatch(path))
        {
            reference.Refuse("fieldPath", $"is {path}; the rehearsal knows the pod's metadata, spec.nodeName, spec.serviceAccountName, status.podIP and status.hostIP");
        }

        return path;
    }

    [GeneratedRegex(@"\A(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(podIP|hostIP))\z")]
    private static partial Regex KnownPath();
}

/// <summary>Names of pods as Kubernetes forms them: the Deployment's, the hash of the template, and a random suffix.</summary>
internal sealed class PodNames(Random random)
{
    // Without vowels and look-alikes (k8s.io/apimachinery pkg/util/rand).
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int HashLength = 10;
    private const int SuffixLength = 5;

    /// <summary>A new name for a pod of the Deployment.</summary>
    public string Next(DeploymentSpec deployment)
    {
        lock (random)
        {
            return $"{deployment.Name}-{deployment.Template.Hash}-{new string(random.GetItems<char>(Alphabet, SuffixLength))}";
        }
    }

    /// <summary>The hash of a template: the same for the same declaration.</summary>
    public static string HashOf(JsonObject template)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(template.ToJsonString()));
        return string.Concat(hash.Take(HashLength).Select(part => Alphabet[part % Alphabet.Length]));
    }
}
