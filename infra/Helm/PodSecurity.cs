namespace GopherMesh.Infra.Helm;

/// <summary>Values that charts leave to us, so that their pods meet the Pod Security Standard <c>restricted</c>.</summary>
internal static class PodSecurity
{
    /// <summary>The security context of a container that writes to its volumes only.</summary>
    public static Map Container() => new()
    {
        ["allowPrivilegeEscalation"] = false,
        ["readOnlyRootFilesystem"] = true,
        ["capabilities"] = new Map { ["drop"] = new object[] { "ALL" } },
        ["seccompProfile"] = new Map { ["type"] = "RuntimeDefault" },
    };

    /// <summary>The security context of a pod that runs as <paramref name="user"/>, the user that the image was built for.</summary>
    public static Map Pod(int user) => new()
    {
        ["runAsNonRoot"] = true,
        ["runAsUser"] = user,
        ["runAsGroup"] = user,
        ["fsGroup"] = user,
        ["seccompProfile"] = new Map { ["type"] = "RuntimeDefault" },
    };

    /// <summary>
    /// A container's requests and its memory limit. It has no CPU limit, which would only withhold CPU that nobody else uses.
    /// </summary>
    public static Map Resources(string cpu, string memory, string limit) => new()
    {
        ["requests"] = new Map { ["cpu"] = cpu, ["memory"] = memory },
        ["limits"] = new Map { ["memory"] = limit },
    };
}
