using Pulumi;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>A resource as it is constructed, seen by a transformation of the stack.</summary>
internal sealed record Registration(Resource Resource, ResourceArgs Args, ResourceOptions Options)
{
    /// <summary>Type and name, which say which of the mocks' calls belongs to it.</summary>
    public (string Type, string Name) Key => (Resource.GetResourceType(), Resource.GetResourceName());
}
