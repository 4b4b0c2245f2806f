using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

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
