using System.Globalization;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

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
