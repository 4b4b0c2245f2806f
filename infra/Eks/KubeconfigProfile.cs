using System.Text.Json.Nodes;

namespace GopherMesh.Infra.Eks;

/// <summary>Whose credentials a kubeconfig's tokens are got with.</summary>
public static class KubeconfigProfile
{
    /// <summary>
    /// The kubeconfig whose <c>aws eks get-token</c> takes the credentials of a profile, and of no other, whatever the environment has. The
    /// component's own way (<c>GetKubeconfig</c>, AWS_PROFILE) gives way to access keys in the environment (AWS CLI user guide,
    /// "cli-configure-envvars"), which the provider that made the cluster did not look at.
    /// </summary>
    /// <param name="kubeconfig">A kubeconfig as JSON, whose users call the aws command.</param>
    /// <param name="profile">The profile; null leaves the kubeconfig as it is.</param>
    public static string Set(string kubeconfig, string? profile)
    {
        if (profile is null || JsonNode.Parse(kubeconfig) is not { } parsed)
        {
            return kubeconfig;
        }

        foreach (var user in parsed["users"]?.AsArray() ?? [])
        {
            if (user?["user"]?["exec"]?["args"] is JsonArray arguments)
            {
                arguments.Add("--profile");
                arguments.Add(profile);
            }
        }

        return parsed.ToJsonString();
    }
}
