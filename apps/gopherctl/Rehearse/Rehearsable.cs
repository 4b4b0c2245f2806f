using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>Finds out whether a declaration can be rehearsed, before anything is started or changed.</summary>
internal static class Rehearsable
{
    /// <summary>What a rehearsal does instead of scaling.</summary>
    public const string NoScaling = "each Deployment keeps the replicas that it declares, whatever the load";

    /// <summary>The declared objects. Those of a rehearsed kind can be rehearsed; others have no effect here.</summary>
    /// <exception cref="UserException">A field is not modelled, an image is not of this repository, or there is no Gateway.</exception>
    public static IReadOnlyList<PlannedObject> Check(Declaration declaration)
    {
        var plan = KubernetesObjects.Plan(declaration);
        var manifests = plan.Select(planned => planned.Manifest).ToList();
        try
        {
            if (MeshReader.Read(manifests).GatewayPorts.Count == 0)
            {
                throw new UserException("no Gateway is declared", $"what stack {declaration.Stack} declares", "Declare one: the rehearsal's requests come in by it.");
            }

            foreach (var deployment in DeploymentReader.Read(manifests, out _))
            {
                ServiceBinaries.CommandOf(deployment);
            }
        }
        catch (UnmodelledFieldException fields)
        {
            throw new UserException(fields.Message, $"what stack {declaration.Stack} declares", "Correct each field as its reason says, or remove it.");
        }

        return plan;
    }

    /// <summary>The declared fields whose effect cannot be seen here.</summary>
    public static IEnumerable<(string Kind, string Path, string Reason)> NotRehearsed(IReadOnlyList<PlannedObject> plan)
    {
        var manifests = plan.Select(planned => planned.Manifest).ToList();
        var model = MeshReader.Read(manifests);
        DeploymentReader.Read(manifests, out var ofDeployments);
        return model.NotRehearsed.Concat(ofDeployments).Select(field => (field.Manifest.Split(' ')[0], field.Path, field.Reason));
    }

    /// <summary>The declared autoscalers; here they have no effect.</summary>
    public static IEnumerable<Manifest> Autoscalers(IReadOnlyList<PlannedObject> plan) =>
        plan.Select(planned => planned.Manifest).Where(manifest => manifest.Kind == "HorizontalPodAutoscaler");

    /// <summary>Whether objects of that kind live in the rehearsal.</summary>
    public static bool IsRehearsed(Manifest manifest) => manifest.Kind == "Deployment" || LiveCluster.RoutingKinds.Contains(manifest.Kind);
}

/// <summary>What a rehearsal is not: what it substitutes, and what it leaves out of what is declared.</summary>
internal static class Explanation
{
    /// <summary>Prints the explanation of a declaration.</summary>
    public static void Write(Declaration declaration, Terminal terminal)
    {
        var plan = Rehearsable.Check(declaration);
        terminal.Print("Substituted in every pod:");
        foreach (var line in Substitutions.Explanation)
        {
            terminal.Print($"  {line}");
        }

        terminal.Print("Declared, and without effect here:");
        foreach (var field in Rehearsable.NotRehearsed(plan).DistinctBy(field => (field.Kind, field.Path)))
        {
            terminal.Print($"  {field.Kind} {field.Path}: {field.Reason}");
        }

        terminal.Print("Declared, and not rehearsed:");
        foreach (var manifest in plan.Select(planned => planned.Manifest).Where(manifest => !Rehearsable.IsRehearsed(manifest)))
        {
            terminal.Print(Rehearsable.Autoscalers(plan).Contains(manifest) ? $"  {manifest.DisplayName}: {Rehearsable.NoScaling}" : $"  {manifest.DisplayName}");
        }

        foreach (var release in KubernetesObjects.Releases(declaration))
        {
            terminal.Print($"  Helm release {release.Name}");
        }

        foreach (var group in declaration.Resources.Where(resource => !resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal)).CountBy(resource => resource.Type))
        {
            terminal.Print($"  {group.Key} ({group.Value})");
        }
    }
}
