using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

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
